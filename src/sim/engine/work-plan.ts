import type { ActionRun, App, AppAction, Asset, JsonObject, Target } from '../records.js';
import type { Tables } from '../store/store.js';

/** The work of one target on one asset; becomes one app_run. */
export interface PlannedJob {
  readonly targetIndex: number;
  readonly app: App;
  readonly appAction: AppAction;
  /** Undefined where the target names no asset. */
  readonly asset: Asset | undefined;
}

/** Either everything a run has to do, or the reason why it can do nothing at all. */
export type WorkPlan = { readonly jobs: readonly PlannedJob[] } | { readonly problem: string };

/**
 * Resolves apps, actions and assets of a run when it is dispatched. One thing that cannot be resolved fails the run before
 * anything is done: a real SOAR does so for `app_id` ("app_id has invalid format"); for the rest it is our choice.
 */
export function planWork(run: ActionRun, tables: Tables): WorkPlan {
  if (run.targets.length === 0) return { problem: 'targets is empty' };
  const jobs: PlannedJob[] = [];
  for (const [targetIndex, target] of run.targets.entries()) {
    const planned = planTarget(run.action, target, tables);
    if ('problem' in planned) return planned;
    jobs.push(...planned.assets.map((asset) => ({ ...planned, targetIndex, asset })));
  }
  if (!tables.container.get(run.container)) return { problem: `container ${run.container} not found` };
  return { jobs };
}

/** The parameter sets of a target; a target without any runs once, with none. */
export function parameterSetsOf(target: Target | undefined): readonly JsonObject[] {
  return target?.parameters?.length ? target.parameters : [{}];
}

type PlannedTarget = { app: App; appAction: AppAction; assets: (Asset | undefined)[] } | { problem: string };

function planTarget(action: string, target: Target, tables: Tables): PlannedTarget {
  if (!hasIdFormat(target.app_id)) return { problem: 'app_id has invalid format' };
  const app = findApp(target.app_id, tables);
  if (!app) return { problem: `app ${target.app_id} not found` };
  const appAction = tables.app_action.all().find((row) => row.app === app.id && row.action === action);
  if (!appAction) return { problem: `app ${app.name} has no action "${action}"` };
  if (!target.assets?.length && !target.parameters?.length) return { problem: 'assets or parameters are required' };
  const assets = findAssets(target, app, tables);
  return 'problem' in assets ? assets : { app, appAction, assets: assets.found };
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function hasIdFormat(appId: unknown): appId is number | string {
  return Number.isInteger(appId) || (typeof appId === 'string' && (/^\d+$/.test(appId) || GUID.test(appId)));
}

function findApp(appId: number | string, { app }: Tables): App | undefined {
  return app.get(Number(appId)) ?? app.all().find(({ appid }) => appid === String(appId).toLowerCase());
}

type FoundAssets = { found: (Asset | undefined)[] } | { problem: string };

function findAssets(target: Target, app: App, tables: Tables): FoundAssets {
  const wanted = target.assets ?? [];
  if (wanted.length === 0) return { found: [undefined] };
  const found: Asset[] = [];
  for (const idOrName of wanted) {
    const asset = findAsset(idOrName, tables);
    if (asset?.app !== app.id) return { problem: `app ${app.name} has no asset ${idOrName}` };
    if (asset.disabled) return { problem: `asset ${asset.name} is disabled` };
    found.push(asset);
  }
  return { found };
}

function findAsset(idOrName: number | string, { asset }: Tables): Asset | undefined {
  return asset.get(Number(idOrName)) ?? asset.all().find(({ name }) => name === String(idOrName).toLowerCase());
}
