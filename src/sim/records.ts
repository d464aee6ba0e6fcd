import { z } from 'zod';

/** Any SOAR object as the store and the queries see it: an id, and fields that hold plain JSON. */
export interface SoarRecord {
  readonly id: number;
  readonly [field: string]: unknown;
}

/** An object of JSON values whose fields are not known in advance, such as one set of action parameters. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** True for an object that is neither an array nor null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * SOAR's form of a time: UTC with six decimals, for example `2016-01-15T22:15:58.062000Z` (REST Run Action, sample of
 * `GET /rest/action_run/<id>`). The last three are always zero here: the clock counts milliseconds.
 *
 * @param atMs milliseconds since 1970
 */
export function soarTime(atMs: number): string {
  return new Date(atMs).toISOString().replace('Z', '000Z');
}

/** The inverse of {@link soarTime}: milliseconds since 1970. */
export function millisOf(time: string): number {
  return Date.parse(time);
}

/** Reads a {@link JsonObject}. */
export const jsonObject = z.record(z.string(), z.unknown());

/** An installed app, as `/rest/app` lists it. */
export const appSchema = z.object({
  id: z.int(),
  name: z.string(),
  appid: z.guid(),
  app_version: z.string(),
  description: z.string(),
  disabled: z.boolean(),
  product_name: z.string(),
  product_vendor: z.string(),
  publisher: z.string(),
  type: z.string(),
  version: z.int(),
});
export type App = z.infer<typeof appSchema>;

/** One action of an app, as `/rest/app_action` and `/rest/app/<id>/actions` list it. */
export const appActionSchema = z.object({
  id: z.int(),
  action: z.string(),
  app: z.int(),
  type: z.string(),
  description: z.string(),
  identifier: z.string(),
  read_only: z.boolean(),
  parameters: z.record(
    z.string(),
    z.object({ required: z.boolean(), data_type: z.string(), contains: z.array(z.string()).optional() }),
  ),
  version: z.int(),
});
export type AppAction = z.infer<typeof appActionSchema>;

/**
 * A configured instance of an app's product. Fields: the `asset` object of the approval detail view, `app`, and
 * `concurrency_limit` (null is no limit). `approver` and `reviewer` are our own names for the ids of the users who are asked
 * before an action that is not read-only runs here (null asks nobody).
 */
export const assetSchema = z.object({
  id: z.int(),
  name: z.string().min(1).toLowerCase(),
  app: z.int().nullable().default(null),
  approver: z.int().nullable().default(null),
  reviewer: z.int().nullable().default(null),
  concurrency_limit: z.int().positive().nullable().default(null),
  action_whitelist: jsonObject.default({}),
  validation: jsonObject.default({}),
  tenants: z.array(z.unknown()).default([]),
  description: z.string().default(''),
  tags: z.array(z.string()).default([]),
  type: z.string().default(''),
  primary_voting: z.int().default(0),
  product_version: z.string().default(''),
  effective_user: z.int().nullable().default(null),
  product_name: z.string().default(''),
  disabled: z.boolean().default(false),
  token: z.string().nullable().default(null),
  version: z.int().default(1),
  secondary_voting: z.int().default(0),
  configuration: jsonObject.default({}),
  product_vendor: z.string().default(''),
});
export type Asset = z.infer<typeof assetSchema>;

/** One entry of `targets`. It is kept as it was posted, because `GET` returns it. */
export const targetSchema = z.looseObject({
  app_id: z.unknown().optional(),
  assets: z.array(z.union([z.string(), z.number()])).nullish(),
  parameters: z.array(jsonObject).nullish(),
});
export type Target = z.infer<typeof targetSchema>;

/**
 * An action_run. Fields: the table and sample of `GET /rest/action_run/<id>`, and `ip_address`, `node_guid`,
 * `effective_user` as the product sends them. `id` stands first and `status` second because clients in the field read them
 * off the text with regular expressions. A cancelled run is `failed` and has a text in `cancelled`.
 */
export const actionRunSchema = z.object({
  id: z.int(),
  status: z.enum(['pending', 'running', 'success', 'failed']),
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

const appRunStatus = z.enum(['success', 'failed']);

const actionResultSchema = z.object({
  data: z.array(jsonObject),
  status: appRunStatus,
  message: z.string(),
  summary: jsonObject,
  parameter: jsonObject,
});
/** The result of one parameter set: an entry of `result_data` and a row of `/rest/app_run/<id>/action_result`. */
export type ActionResult = z.infer<typeof actionResultSchema>;

/** An app_run: the results of one target on one asset. Fields: the samples of `/rest/app_run/<id>`. */
export const appRunSchema = z.object({
  id: z.int(),
  status: appRunStatus,
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

/**
 * An approval, and also a prompt or a task that waits for a person. Fields: the samples of `/rest/approval` (REST Approval).
 * `type` is `asset` for an asset's approver, `parameter` for an action reviewer, `manual` for prompts and tasks. `approved` and
 * `denied` are not documented.
 */
export const approvalSchema = z.object({
  id: z.int(),
  status: z.enum(['pending', 'approved', 'denied', 'expired']),
  owner_type: z.string(),
  action_run: z.int(),
  playbook_run: z.int().nullable(),
  escalated_approval: z.int().nullable(),
  name: z.string(),
  parent: z.int().nullable(),
  node_guid: z.string(),
  start_time: z.string(),
  close_time: z.string().nullable(),
  due_time: z.string(),
  version: z.int(),
  jitc: jsonObject,
  asset: z.int().nullable(),
  owner: z.int().nullable(),
  message: z.enum(['pending-approval', 'pending-manual-action']),
  type: z.enum(['asset', 'parameter', 'manual']),
  display: z.boolean(),
  responses: z.array(z.string()),
});
export type Approval = z.infer<typeof approvalSchema>;

/**
 * The server's own bookkeeping, not a SOAR object: the work of one target on one asset (null: on none). A `queued` job waits
 * for the asset's `concurrency_limit`; a cancel has `stopped` a job. Times are milliseconds since 1970.
 */
export const jobSchema = z.object({
  id: z.int(),
  actionRun: z.int(),
  targetIndex: z.int(),
  app: z.int(),
  asset: z.int().nullable(),
  state: z.enum(['queued', 'running', 'done', 'stopped']),
  startedAtMs: z.number().nullable(),
  endsAtMs: z.number().nullable(),
});
export type Job = z.infer<typeof jobSchema>;

/** Somebody who can sign in (`normal`) or a token's owner (`automation`), as `/rest/ph_user` lists them. */
export const userSchema = z.object({
  id: z.int(),
  username: z.string().min(1),
  email: z.string().default(''),
  first_name: z.string().default(''),
  last_name: z.string().default(''),
  is_active: z.boolean().default(true),
  type: z.enum(['normal', 'automation']).default('normal'),
  version: z.int().default(1),
});

/** Facts about the whole server: its table has one record. The product has no such resource. */
export const systemSchema = z.object({ id: z.int(), machine_id: z.uuid() });
