import { z } from 'zod';

/** What is true of the server as a whole: the only record of its table. Not a resource of the product's. */
export const systemSchema = z.object({ id: z.int(), machine_id: z.uuid() });
