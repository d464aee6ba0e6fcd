import { z } from 'zod';
import type { ActionRun, App, AppAction, Asset, JsonObject, Target } from '../records.js';
import { soarTime, targetSchema } from '../records.js';
import type { Tables } from '../store/store.js';

const MAX_DELAY_SECS = 10 * 365 * 24 * 3600;
const DAY_MS = 24 * 3600 * 1000;
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const numericId = z.union([
  z.int().nonnegative(),
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
]);

/** The body of `POST /rest/action_run`. Unlike the page's table, the product also takes ids as text, and a missing `app_id`. */
export const submissionSchema = z.object({
  action: z.string().min(1),
  container_id: numericId,
  name: z.string().min(1),
  targets: z.array(targetSchema),
  type: z.string().nullish(),
  exec_delay_secs: numericId.pipe(z.int().max(MAX_DELAY_SECS)).nullish(),
});

/** What a new action_run takes from elsewhere than the body. */
export interface SubmissionContext {
  readonly nowMs: number;
  readonly userId: number;
  readonly nodeGuid: string;
  /** The type of the app_action, for a body without one. */
  readonly defaultType: string;
}

/** The action_run that a submission makes, still pending. */
export function newActionRun(
  id: number,
  body: z.infer<typeof submissionSchema>,
  context: SubmissionContext,
): ActionRun {
  const time = soarTime(context.nowMs);
  return {
    id,
    status: 'pending',
    action: body.action,
    assign_time: time,
    cancelled: '',
    cb_fn: '',
    close_time: null,
    comment: '',
    container: body.container_id,
    create_time: time,
    creator: context.userId,
    due_time: soarTime(context.nowMs + (body.exec_delay_secs ?? 0) * 1000 + DAY_MS),
    effective_user: context.userId,
    exec_delay_secs: body.exec_delay_secs ?? 0,
    exec_order: 0,
    handle: '',
    ip_address: '127.0.0.1',
    message: '',
    name: body.name,
    node_guid: context.nodeGuid,
    owner: context.userId,
    playbook: null,
    playbook_run: null,
    start_time: null,
    targets: body.targets,
    type: body.type ?? context.defaultType,
    update_time: time,
    version: 1,
  };
}

/** The work of one target on one asset; becomes one app_run. */
export interface PlannedJob {
  readonly targetIndex: number;
  readonly app: App;
  readonly appAction: AppAction;
  /** Undefined if the target names no asset. */
  readonly asset: Asset | undefined;
}

/** Either everything a run has to do, or the reason why it can do nothing at all. */
export type WorkPlan = { readonly jobs: readonly PlannedJob[] } | { readonly problem: string };

/**
 * Resolves apps, actions and assets of a run when it is dispatched. One that cannot be resolved fails the run before anything
 * is done. A real SOAR does so for `app_id` ("app_id has invalid format"); for the rest it is our choice.
 */
export function planWork(run: ActionRun, tables: Tables): WorkPlan {
  if (run.targets.length === 0) return { problem: 'targets is empty' };
  const jobs: PlannedJob[] = [];
  for (const [targetIndex, target] of run.targets.entries()) {
    const plan = planTarget(run.action, target, targetIndex, tables);
    if ('problem' in plan) return plan;
    jobs.push(...plan.jobs);
  }
  if (!tables.container.get(run.container)) return { problem: `container ${run.container} not found` };
  return { jobs };
}

function planTarget(action: string, target: Target, targetIndex: number, tables: Tables): WorkPlan {
  const { app_id: appId } = target;
  if (!hasIdFormat(appId)) return { problem: 'app_id has invalid format' };
  const app =
    tables.app.get(Number(appId)) ?? tables.app.all().find(({ appid }) => appid === String(appId).toLowerCase());
  if (!app) return { problem: `app ${appId} not found` };
  const appAction = tables.app_action.all().find((row) => row.app === app.id && row.action === action);
  if (!appAction) return { problem: `app ${app.name} has no action "${action}"` };
  if (target.assets?.length) return planOnAssets(target.assets, { targetIndex, app, appAction }, tables);
  if (!target.parameters?.length) return { problem: 'assets or parameters are required' };
  return { jobs: [{ targetIndex, app, appAction, asset: undefined }] };
}

function hasIdFormat(appId: unknown): appId is number | string {
  return Number.isInteger(appId) || (typeof appId === 'string' && (/^\d+$/.test(appId) || GUID.test(appId)));
}

function planOnAssets(
  wanted: readonly (number | string)[],
  job: Omit<PlannedJob, 'asset'>,
  { asset: assets }: Tables,
): WorkPlan {
  const jobs: PlannedJob[] = [];
  for (const idOrName of wanted) {
    const name = String(idOrName).toLowerCase();
    const asset = assets.get(Number(idOrName)) ?? assets.all().find((row) => row.name === name);
    if (asset?.app !== job.app.id) return { problem: `app ${job.app.name} has no asset ${idOrName}` };
    if (asset.disabled) return { problem: `asset ${asset.name} is disabled` };
    jobs.push({ ...job, asset });
  }
  return { jobs };
}

/** The parameter sets of a target; a target without any runs once, with none. */
export function parameterSetsOf(target: Target | undefined): readonly JsonObject[] {
  return target?.parameters?.length ? target.parameters : [{}];
}
