import { z } from 'zod';
import { idSchema, messageSchema } from './fields.js';

/**
 * The answer to `POST /rest/action_run`: `{"action_run_id": 2, "message": "New action queued.", "success": true}`.
 * It means "queued", not "accepted": a request with a wrong `app_id` gets the same answer, and its run fails later.
 */
export const runActionResponseSchema = z.looseObject({
  action_run_id: idSchema.positive(),
  message: messageSchema,
  success: z.boolean().nullish(),
});

/** {@link runActionResponseSchema} as a type. */
export type RunActionResponse = z.infer<typeof runActionResponseSchema>;
