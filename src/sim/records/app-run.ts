import { z } from 'zod';
import { APP_RUN_STATUSES } from '../../model/statuses.js';

const actionResultSchema = z.object({
  data: z.array(z.record(z.string(), z.unknown())),
  status: z.enum(APP_RUN_STATUSES),
  message: z.string(),
  summary: z.record(z.string(), z.unknown()),
  parameter: z.record(z.string(), z.unknown()),
});
/** What one parameter set came to: an entry of `result_data` and a row of `/rest/app_run/<id>/action_result`. */
export type ActionResult = z.infer<typeof actionResultSchema>;

/** An app_run: what one target came to on one asset. Fields: the samples of `/rest/app_run/<id>`. */
export const appRunSchema = z.object({
  id: z.int(),
  status: z.enum(APP_RUN_STATUSES),
  action: z.string(),
  action_run: z.int(),
  asset: z.int().nullable(),
  app: z.int().nullable(),
  app_name: z.string(),
  app_version: z.string(),
  container: z.int(),
  end_time: z.string(),
  exception_occured: z.boolean(),
  extra_data: z.array(z.unknown()),
  message: z.string(),
  result_summary: z.object({ total_objects: z.int(), total_objects_successful: z.int() }),
  result_data: z.array(actionResultSchema),
  playbook_run: z.int().nullable(),
  start_time: z.string(),
  version: z.int(),
  effective_user: z.int(),
  node_guid: z.string(),
  automation_broker: z.int().nullable(),
});
export type AppRun = z.infer<typeof appRunSchema>;
