import { ApplicationFailure, CancelledFailure, CancellationScope } from '@temporalio/workflow';
import type { RunActionOptions, RunActionRequest, RunActionResult } from '../contracts/run-action.js';
import { FAILURE_TYPES } from '../model/names.js';
import { readBegun } from '../model/batch-pack.js';
import type { Begun } from '../model/batch-pack.js';
import { readRunOptions } from '../model/run-options.js';
import { ActionRun } from './action-run.js';
import { requireObject, requireShallow } from './require-object.js';

/**
 * Runs one SOAR action and sees it through: submits it once, waits out its delay, follows it to its end, brings back its
 * results.
 *
 * @param request the body of SOAR's `POST /rest/action_run`, exactly as on the page
 * @param options what this run does differently from the defaults
 * @param begun a submission that a group of a batch began: it is looked up first, and then seen through here
 * @returns how it ended; an action that failed is a result, not a failure of the workflow (see `failUnlessSuccess`)
 */
export async function runAction(
  request: RunActionRequest,
  options?: RunActionOptions,
  begun?: Begun,
): Promise<RunActionResult> {
  requireObject(request, 'request: must be an object, the body of POST /rest/action_run.');
  requireShallow('request', request);
  requireShallow('options', options);
  const run = new ActionRun(request, readRunOptions(options), options, readBegun(begun));
  const result = await CancellationScope.nonCancellable(() => run.story());
  if (result.outcome === 'cancelled' && run.stop.request()?.by === 'temporal')
    throw new CancelledFailure(result.message);
  if (run.options.failUnlessSuccess && result.outcome !== 'success') throw notSuccessful(result);
  return result;
}

function notSuccessful(result: RunActionResult): ApplicationFailure {
  const message = `action_run ${String(result.actionRunId)} ended ${result.outcome}: ${result.message}`;
  return ApplicationFailure.create({
    message,
    type: FAILURE_TYPES.actionRunNotSuccessful,
    nonRetryable: true,
    details: [result],
  });
}
