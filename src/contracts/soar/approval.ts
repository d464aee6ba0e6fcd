import { z } from 'zod';
import {
  idSchema,
  jsonObjectSchema,
  messageSchema,
  optionalIdSchema,
  optionalTextSchema,
  timestampSchema,
} from './fields.js';

/**
 * `GET /rest/approval/<id>` and a row of its list: somebody is asked something, and the action_run waits until they
 * answer or `due_time` passes. Only `pending` is known to mean "still open"; `owner` is the id of the user who is asked.
 */
export const approvalSchema = z.looseObject({
  id: idSchema,
  status: z.string(),
  message: messageSchema,
  action_run: optionalIdSchema,
  asset: optionalIdSchema,
  close_time: timestampSchema,
  display: z.boolean().nullish(),
  due_time: timestampSchema,
  escalated_approval: optionalIdSchema,
  jitc: jsonObjectSchema.nullish(),
  name: optionalTextSchema,
  node_guid: optionalTextSchema,
  owner: optionalIdSchema,
  owner_type: optionalTextSchema,
  parent: optionalIdSchema,
  playbook_run: optionalIdSchema,
  responses: z.array(z.unknown()).nullish(),
  start_time: timestampSchema,
  type: optionalTextSchema,
  version: z.number().nullish(),
});

/** {@link approvalSchema} as a type. */
export type Approval = z.infer<typeof approvalSchema>;
