import { z } from 'zod';
import { idSchema } from './fields.js';

/** `GET /rest/build_action`, of which only the assets' numbers and names are read: it has no configuration of theirs. */
export const buildActionSchema = z.object({ assets: z.array(z.object({ id: idSchema, name: z.string() })) });

/** {@link buildActionSchema} as a type. */
export type BuildAction = z.infer<typeof buildActionSchema>;
