import { randomUUID } from 'node:crypto';
import type { ActionOutcome } from '../apps/action.js';
import type { ActionResult, ActionRun, App, AppRun, Asset, JsonObject } from '../records.js';
import { soarTime } from '../records.js';

/** Everything that one finished job's app_run is made of. */
export interface FinishedJob {
  readonly run: ActionRun;
  readonly app: App | undefined;
  readonly asset: Asset | undefined;
  readonly results: readonly ActionResult[];
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

/** An entry of `result_data`. The parameters come back with the `context` that the page's sample shows. */
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
    app: app?.id ?? null,
    app_name: app?.name ?? '',
    app_version: app?.app_version ?? '',
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

/** How many of a number of results are successes. */
export interface Tally {
  readonly succeeded: number;
  readonly failed: number;
}

/** Counts the outcomes. */
export function tally(results: readonly { readonly status: string }[]): Tally {
  const succeeded = results.filter(({ status }) => status === 'success').length;
  return { succeeded, failed: results.length - succeeded };
}

/**
 * A mixed outcome counts as success, because it has something to show and each failure says so in its own result. The pages do
 * not mention it; this is our choice.
 */
export function overallStatus({ succeeded }: Tally): 'success' | 'failed' {
  return succeeded > 0 ? 'success' : 'failed';
}

/** The closing message of an action_run, in the words of the page's sample: "1 actions succeeded". */
export function runMessage({ succeeded, failed }: Tally): string {
  if (failed === 0) return `${succeeded} actions succeeded`;
  return succeeded === 0 ? `${failed} actions failed` : `${succeeded} actions succeeded, ${failed} actions failed`;
}

/**
 * The message of an app_run, as in the sample of `/rest/action_run/<id>/app_runs`:
 * `'name' on asset 'x': 1 action succeeded. (1)For Parameter: {…} Message: "…"`. Without an asset that part is left out.
 */
function appRunMessage(runName: string, assetName: string | undefined, results: readonly ActionResult[]): string {
  const { succeeded, failed } = tally(results);
  const counts = [count(succeeded, 'succeeded'), count(failed, 'failed')].filter((part) => part !== '').join(', ');
  const details = results.map(({ parameter: { context: _context, ...parameters }, message }, index) => {
    return `(${index + 1})For Parameter: ${JSON.stringify(parameters)} Message: "${message}"`;
  });
  const subject = assetName === undefined ? `'${runName}'` : `'${runName}' on asset '${assetName}'`;
  return `${subject}: ${counts}. ${details.join(' ')}`;
}

function count(number: number, verb: string): string {
  if (number === 0) return '';
  return `${number} ${number === 1 ? 'action' : 'actions'} ${verb}`;
}
