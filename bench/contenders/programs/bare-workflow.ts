import { proxyActivities, sleep } from '@temporalio/workflow';
import type { RunActionRequest } from '../../../src/contracts/run-action.js';
import type { ActionResult } from '../../soar/soar-calls.js';
import type { BareActivities } from './bare-activities.js';

const { submit, fetchAppRuns, fetchResults } = proxyActivities<BareActivities>({ startToCloseTimeout: '30s' });

/** The same schedule of looks as POLL in soar-calls.ts, which a workflow cannot import. */
const { poll } = proxyActivities<BareActivities>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '250ms', backoffCoefficient: 1.5, maximumInterval: '1s' },
});

/** What a `runAction` comes to when nothing goes wrong, and nobody cancels, asks or approves. */
export async function bareAction(request: RunActionRequest): Promise<{ actionRunId: number; results: ActionResult[] }> {
  const actionRunId = await submit(request);
  await sleep((request.exec_delay_secs ?? 0) * 1_000);
  await poll(actionRunId);
  const appRunIds = await fetchAppRuns(actionRunId);
  const results = await Promise.all(appRunIds.map((id) => fetchResults(id)));
  return { actionRunId, results: results.flat() };
}
