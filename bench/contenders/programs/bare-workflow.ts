import { proxyActivities, sleep } from '@temporalio/workflow';
import type { RunActionRequest } from '../../../src/contracts/run-action.js';
import { POLL } from '../../soar/poll-schedule.js';
import type { ActionResult } from '../../soar/soar-calls.js';
import type { BareActivities } from './bare-activities.js';

const { submit, fetchAppRuns, fetchResults } = proxyActivities<BareActivities>({ startToCloseTimeout: '30s' });

const { poll } = proxyActivities<BareActivities>({
  startToCloseTimeout: '30s',
  retry: {
    initialInterval: POLL.firstIntervalMs,
    backoffCoefficient: POLL.factor,
    maximumInterval: POLL.maxIntervalMs,
  },
});

/** What a `runAction` comes to when nothing goes wrong, and nobody cancels, asks or approves. */
export async function bareAction(request: RunActionRequest): Promise<{ actionRunId: number; results: ActionResult[] }> {
  const actionRunId = await submit(request);
  if (request.exec_delay_secs) await sleep(request.exec_delay_secs * 1_000);
  await poll(actionRunId);
  const appRunIds = await fetchAppRuns(actionRunId);
  const results = await Promise.all(appRunIds.map((id) => fetchResults(id)));
  return { actionRunId, results: results.flat() };
}
