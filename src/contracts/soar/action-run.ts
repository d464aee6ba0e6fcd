import { z } from 'zod';
import {
  idSchema,
  jsonObjectSchema,
  messageSchema,
  optionalIdSchema,
  optionalTextSchema,
  timestampSchema,
} from './fields.js';

/** A target as SOAR gives it back. Looser than what we send: a run with a broken target still has to be read. */
export const actionRunTargetSchema = z.looseObject({
  app_id: z.union([z.number(), z.string()]).nullish(),
  assets: z.array(z.union([z.number(), z.string()])).nullish(),
  parameters: z.array(jsonObjectSchema).nullish(),
});

/**
 * `GET /rest/action_run/<id>` and a row of its list. `status` is any text: a status nobody has seen yet must not stop
 * a wait (`classifyActionRun` says what it means). `cancelled` holds the reason of a cancelled run, else an empty string.
 * `handle` is an integer in the page's table and a string in its sample; `start_time` stands in the table only;
 * `ip_address`, `node_guid` and `effective_user` are in the product's own code but not on the page.
 */
export const actionRunSchema = z.looseObject({
  id: idSchema,
  status: z.string(),
  message: messageSchema,
  action: optionalTextSchema,
  assign_time: timestampSchema,
  cancelled: optionalTextSchema,
  cb_fn: optionalTextSchema,
  close_time: timestampSchema,
  comment: optionalTextSchema,
  container: optionalIdSchema,
  create_time: timestampSchema,
  creator: optionalIdSchema,
  due_time: timestampSchema,
  effective_user: optionalIdSchema,
  exec_delay_secs: z.number().nullish(),
  exec_order: z.number().nullish(),
  handle: z.union([z.string(), z.number()]).nullish(),
  ip_address: optionalTextSchema,
  name: optionalTextSchema,
  node_guid: optionalTextSchema,
  owner: optionalIdSchema,
  playbook: optionalIdSchema,
  playbook_run: optionalIdSchema,
  start_time: timestampSchema,
  targets: z.array(actionRunTargetSchema).nullish(),
  type: optionalTextSchema,
  update_time: timestampSchema,
  version: z.number().nullish(),
});

/** {@link actionRunSchema} as a type. */
export type ActionRun = z.infer<typeof actionRunSchema>;
