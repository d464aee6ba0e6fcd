import { z } from 'zod';
import { messageSchema } from './fields.js';

/** How SOAR says no, whatever the HTTP status: `{"failed": true, "message": "…"}`. There are no codes. */
export const errorEnvelopeSchema = z.looseObject({ failed: z.literal(true), message: messageSchema });
