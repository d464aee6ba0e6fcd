import type { AppRunResult } from '../contracts/run-action.js';
import { soar } from './activity-proxies.js';

/** How many app_runs' results are fetched at once. */
const APP_RUNS_AT_ONCE = 10;

/** The app_runs of a run that has ended. */
export interface CollectedResults {
  readonly appRuns: readonly AppRunResult[];
  /** app_runs beyond what a result holds; SOAR has them. */
  readonly appRunsOmitted: number;
}

/** Fetches the app_runs and their action results: inline while the byte budget lasts, by reference beyond it. */
export async function collectResults(actionRunId: number, budgetBytes: number): Promise<CollectedResults> {
  const { appRuns, omitted } = await soar('read', `app_runs of action_run ${String(actionRunId)}`).fetchAppRuns({
    actionRunId,
  });
  const collected: AppRunResult[] = [];
  let remainingBytes = budgetBytes;
  for (let start = 0; start < appRuns.length; start += APP_RUNS_AT_ONCE) {
    const group = appRuns.slice(start, start + APP_RUNS_AT_ONCE);
    const share = Math.floor(remainingBytes / group.length);
    const fetched = await Promise.all(
      group.map(({ id }) =>
        soar('read', `results of app_run ${String(id)}`).fetchActionResults({ appRunId: id, budgetBytes: share }),
      ),
    );
    remainingBytes -= fetched.reduce((sum, { inlineBytes }) => sum + inlineBytes, 0);
    collected.push(...group.map((appRun, index) => ({ ...appRun, ...fetched[index]?.outcome })));
  }
  return { appRuns: collected, appRunsOmitted: omitted };
}
