import { z } from 'zod';
import { ACTION_RUN_STATUSES } from '../../model/statuses.js';

/** One entry of `targets`: kept as it was posted, since `GET` gives it back. */
export const targetSchema = z.looseObject({
  app_id: z.unknown().optional(),
  assets: z.array(z.union([z.string(), z.number()])).nullish(),
  parameters: z.array(z.record(z.string(), z.unknown())).nullish(),
});
export type Target = z.infer<typeof targetSchema>;

/**
 * An action_run. Fields: the table and sample of `GET /rest/action_run/<id>`, and `ip_address`, `node_guid`,
 * `effective_user` as the product sends them. `id` stands first and `status` second because clients in the field read them
 * off the text with regular expressions. Times are text as in {@link soarTime}.
 */
export const actionRunSchema = z.object({
  id: z.int(),
  status: z.enum(ACTION_RUN_STATUSES),
  action: z.string(),
  assign_time: z.string(),
  cancelled: z.string(),
  cb_fn: z.string(),
  close_time: z.string().nullable(),
  comment: z.string(),
  container: z.int(),
  create_time: z.string(),
  creator: z.int().nullable(),
  due_time: z.string(),
  effective_user: z.int(),
  exec_delay_secs: z.int(),
  exec_order: z.int(),
  handle: z.string(),
  ip_address: z.string(),
  message: z.string(),
  name: z.string(),
  node_guid: z.string(),
  owner: z.int().nullable(),
  playbook: z.int().nullable(),
  playbook_run: z.int().nullable(),
  start_time: z.string().nullable(),
  targets: z.array(targetSchema),
  type: z.string(),
  update_time: z.string(),
  version: z.int(),
});
export type ActionRun = z.infer<typeof actionRunSchema>;
