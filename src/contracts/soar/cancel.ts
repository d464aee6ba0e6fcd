import { z } from 'zod';
import { messageSchema } from './fields.js';

/** The body of `POST /rest/action_run/<id>` that asks SOAR to cancel the run. */
export const cancelRequestSchema = z.looseObject({ cancel: z.literal(true) });

/**
 * SOAR's consent to a cancel. Here `cancelled` is a Boolean; on the run itself it is a text. A refusal is the
 * error envelope.
 */
export const cancelResponseSchema = z.looseObject({ cancelled: z.boolean(), message: messageSchema });
