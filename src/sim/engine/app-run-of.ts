import { randomUUID } from 'node:crypto';
import type { ActionOutcome } from '../apps/sim-action.js';
import type { ActionResult, ActionRun, App, AppRun, Asset, JsonObject } from '../records.js';
import { soarTime } from '../records.js';
import { appRunMessage, overallStatus, tally } from './messages.js';

/** Everything that one finished job's app_run is made of. */
export interface FinishedJob {
  readonly run: ActionRun;
  readonly app: App | undefined;
  readonly asset: Asset | undefined;
  readonly results: readonly ActionResult[];
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

/** An entry of `result_data`: the parameters come back with the `context` that the page's sample shows. */
export function actionResult(parameters: JsonObject, outcome: ActionOutcome): ActionResult {
  return {
    data: outcome.data,
    status: outcome.status,
    message: outcome.message,
    summary: outcome.summary,
    parameter: { ...parameters, context: { guid: randomUUID(), artifact_id: 0, parent_action_run: [] } },
  };
}

/** The app_run of a finished job. */
export function appRunOf(id: number, { run, app, asset, results, startedAtMs, endedAtMs }: FinishedJob): AppRun {
  const counts = tally(results);
  return {
    id,
    status: overallStatus(counts),
    action: run.action,
    action_run: run.id,
    asset: asset?.id ?? null,
    ...appFields(app),
    container: run.container,
    end_time: soarTime(endedAtMs),
    exception_occured: false,
    extra_data: [],
    message: appRunMessage(run.name, asset?.name, results),
    result_summary: { total_objects: results.length, total_objects_successful: counts.succeeded },
    result_data: [...results],
    playbook_run: null,
    start_time: soarTime(startedAtMs),
    version: 1,
    effective_user: run.effective_user,
    node_guid: run.node_guid,
    automation_broker: null,
  };
}

function appFields(app: App | undefined): Pick<AppRun, 'app' | 'app_name' | 'app_version'> {
  return app
    ? { app: app.id, app_name: app.name, app_version: app.app_version }
    : { app: null, app_name: '', app_version: '' };
}
