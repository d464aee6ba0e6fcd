import { z } from 'zod';
import { jsonObjectSchema, messageSchema, optionalTextSchema } from './fields.js';

/** Where SOAR ran the action; it adds this to every parameter set under the key `context`. */
const actionContextSchema = z.looseObject({
  guid: optionalTextSchema,
  artifact_id: z.union([z.number(), z.string()]).nullish(),
  parent_action_run: z.array(z.unknown()).nullish(),
});

/** A parameter set as it was run: the app's own fields (`ip`, `domain`, …) and SOAR's `context`. */
const ranParametersSchema = z.looseObject({ context: actionContextSchema.nullish() });

/**
 * What one parameter set gave: an entry of an app_run's `result_data` and a row of `/rest/app_run/<id>/action_result`.
 * `status` reads `success` or `failed`; the page types it Boolean, but its samples and the product use text.
 * `data` is a list in every sample and an object in the page's table.
 */
export const actionResultSchema = z.looseObject({
  status: z.string(),
  message: messageSchema,
  data: z.union([z.array(z.unknown()), jsonObjectSchema]).nullish(),
  summary: jsonObjectSchema.nullish(),
  parameter: ranParametersSchema.nullish(),
});

/** {@link actionResultSchema} as a type. */
export type ActionResult = z.infer<typeof actionResultSchema>;
