import { z } from 'zod';
import { actionResultSchema } from './action-result.js';
import { idSchema, messageSchema, optionalIdSchema, optionalTextSchema, timestampSchema } from './fields.js';

/** How many parameter sets an app_run had, and how many of them succeeded. */
const resultSummarySchema = z.looseObject({
  total_objects: z.number().nullish(),
  total_objects_successful: z.number().nullish(),
});

/**
 * One app on one asset within an action_run: `GET /rest/app_run/<id>`, and a row of `/rest/app_run` and of
 * `/rest/action_run/<id>/app_runs`. Rows leave out `result_data`, `result_summary` and `extra_data` unless
 * `include_expensive` is asked for. `status` is text although the page types it Boolean, and bodies spell
 * `exception_occured` although the page's prose does not. `app_version` is a string in samples, an integer in a table.
 */
export const appRunSchema = z.looseObject({
  id: idSchema,
  status: z.string(),
  message: messageSchema,
  action: optionalTextSchema,
  action_run: optionalIdSchema,
  app: optionalIdSchema,
  app_name: optionalTextSchema,
  app_version: z.union([z.string(), z.number()]).nullish(),
  asset: optionalIdSchema,
  automation_broker: z.union([z.number(), z.string()]).nullish(),
  container: optionalIdSchema,
  effective_user: optionalIdSchema,
  end_time: timestampSchema,
  exception_occured: z.boolean().nullish(),
  extra_data: z.array(z.unknown()).nullish(),
  node_guid: optionalTextSchema,
  playbook_run: optionalIdSchema,
  result_data: z.array(actionResultSchema).nullish(),
  result_summary: resultSummarySchema.nullish(),
  start_time: timestampSchema,
  version: z.number().nullish(),
});

/** {@link appRunSchema} as a type. */
export type AppRun = z.infer<typeof appRunSchema>;
