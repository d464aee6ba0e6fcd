import { z } from 'zod';

/**
 * SOAR's resources as far as they are read. A field that is not named here is kept as it came, and one that nobody reads is
 * never the reason to refuse an answer: versions of SOAR differ, and its samples differ from its tables.
 */

/** A number that SOAR's database gave out. */
const id = z.int();

/** A field that is nice to have: another shape of it counts as none. */
const soft = <T extends z.ZodType>(schema: T) => schema.nullish().catch(null);
const optionalText = soft(z.string());
const optionalId = soft(id);
const jsonObject = z.record(z.string(), z.unknown());

/** Always a string for us: empty if SOAR sends `null` or nothing, JSON if it sends a list or an object. */
const message = z.preprocess(
  (value) => (typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value)),
  z.string(),
);

/** `status` of a result is text in every sample, and Boolean in the page's table. */
const resultStatus = z.preprocess(
  (value) => (typeof value === 'boolean' ? (value ? 'success' : 'failed') : value),
  z.string(),
);

/**
 * `GET /rest/action_run/<id>` and a row of its list. `status` is any text: a status nobody has seen yet must not stop a wait
 * (`classifyActionRun` says what it means). `cancelled` holds the reason of a cancelled run, else an empty string.
 */
export const actionRunSchema = z.looseObject({
  id,
  status: z.string(),
  message,
  action: optionalText,
  cancelled: optionalText,
  container: optionalId,
  name: optionalText,
  targets: soft(z.array(z.unknown())),
});

/** {@link actionRunSchema} as a type. */
export type ActionRun = z.infer<typeof actionRunSchema>;

/**
 * What one parameter set gave: an entry of an app_run's `result_data` and a row of `/rest/app_run/<id>/action_result`.
 * `data` is a list in every sample and an object in the page's table. SOAR adds `context` to the parameters.
 */
export const actionResultSchema = z.looseObject({
  status: resultStatus,
  message,
  data: z.unknown().optional(),
  summary: soft(jsonObject),
  parameter: soft(jsonObject),
});

/** {@link actionResultSchema} as a type. */
export type ActionResult = z.infer<typeof actionResultSchema>;

/**
 * One app on one asset within an action_run: a row of `/rest/app_run` and of `/rest/action_run/<id>/app_runs`. Rows leave out
 * `result_data` and `extra_data` unless `include_expensive` is asked for.
 */
export const appRunSchema = z.looseObject({
  id,
  status: resultStatus,
  message,
  action: optionalText,
  action_run: optionalId,
  app: optionalId,
  app_name: optionalText,
  asset: optionalId,
  end_time: optionalText,
  result_data: z.array(actionResultSchema).nullish(),
});

/** {@link appRunSchema} as a type. */
export type AppRun = z.infer<typeof appRunSchema>;

/**
 * `GET /rest/approval/<id>` and a row of its list: somebody is asked something, and the action_run waits until they answer or
 * `due_time` passes. Only `pending` is known to mean "still open"; `owner` is the id of the user who is asked.
 */
export const approvalSchema = z.looseObject({
  id,
  status: z.string(),
  action_run: optionalId,
  due_time: optionalText,
  owner: soft(z.union([id, z.string()])),
  owner_type: optionalText,
  type: optionalText,
});

/** {@link approvalSchema} as a type. */
export type Approval = z.infer<typeof approvalSchema>;

/**
 * `GET /rest/approval/<id>/detail_summary_view`, of which only the owner's name is kept: the rest has the asset's
 * configuration, and with it its secrets.
 */
export const approvalDetailSchema = z.object({ owner: optionalText });

/** {@link approvalDetailSchema} as a type. */
export type ApprovalDetail = z.infer<typeof approvalDetailSchema>;

/** What an app says about one parameter of an action. */
const appActionParameterSchema = z.looseObject({ required: soft(z.boolean()), data_type: optionalText });

/** A row of `/rest/app_action`: one action that an installed app offers. */
export const appActionSchema = z.looseObject({
  id,
  action: z.string(),
  app: optionalId,
  type: optionalText,
  parameters: soft(z.record(z.string(), appActionParameterSchema)),
});

/** {@link appActionSchema} as a type. */
export type AppAction = z.infer<typeof appActionSchema>;

/** A piece of evidence in a container: a row of `/rest/artifact`. `cef` has its fields by their CEF names, as `sourceAddress`. */
export const artifactSchema = z.looseObject({ id, container: optionalId, name: optionalText, cef: soft(jsonObject) });

/** {@link artifactSchema} as a type. */
export type Artifact = z.infer<typeof artifactSchema>;

/** `GET /rest/build_action`, of which only the assets' numbers and names are read: it has no configuration of theirs. */
export const buildActionSchema = z.object({ assets: z.array(z.object({ id, name: z.string() })) });

/** {@link buildActionSchema} as a type. */
export type BuildAction = z.infer<typeof buildActionSchema>;

/** `GET /rest/version`: `{"version": "6.4.0.1"}`. The usual connection check. */
export const versionSchema = z.looseObject({ version: z.string() });

/** {@link versionSchema} as a type. */
export type Version = z.infer<typeof versionSchema>;

/**
 * The answer to `POST /rest/action_run`: `{"action_run_id": 2, "message": "New action queued.", "success": true}`. It means
 * "queued", not "accepted": a request with a wrong `app_id` gets the same answer, and its run fails later.
 */
export const runActionResponseSchema = z.looseObject({ action_run_id: id.positive(), message });

/** {@link runActionResponseSchema} as a type. */
export type RunActionResponse = z.infer<typeof runActionResponseSchema>;

/** SOAR's consent to a cancel. Here `cancelled` is a Boolean; on the run itself it is a text. A refusal is the error envelope. */
export const cancelResponseSchema = z.looseObject({ cancelled: z.boolean(), message });

/**
 * How SOAR says no, whatever the HTTP status: `{"failed": true, "message": "…"}`, or `{"success": false, "message": "…"}` to a
 * POST. There are no codes.
 */
export const errorEnvelopeSchema = z.union([
  z.looseObject({ failed: z.literal(true), message }),
  z.looseObject({ success: z.literal(false), message }),
]);

/**
 * The envelope of every list: `count` rows in all, in `num_pages` pages of the asked size, of which `data` is one. An empty
 * list reads `{"count": 0, "num_pages": 0, "data": []}`.
 */
export function pageSchema<Row extends z.ZodType>(row: Row): z.ZodType<Page<z.output<Row>>> {
  return z.looseObject({ count: z.int().nonnegative(), num_pages: z.int().nonnegative(), data: z.array(row) });
}

/** One page of a list. */
export interface Page<Row> {
  count: number;
  num_pages: number;
  data: Row[];
}
