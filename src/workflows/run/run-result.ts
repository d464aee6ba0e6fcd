import { ApplicationFailure } from '@temporalio/workflow';
import type { AppRunResult, RunActionResult } from '../../contracts/run-action.js';
import { jsonBytes } from '../../model/json.js';
import { FAILURE_TYPES } from '../../model/names.js';
import { reasonOf } from '../../model/batch/pack-outcome.js';
import { decideOutcome, isSuccess } from '../../model/run-state.js';
import type { RunState } from '../../model/run-state.js';
import { cutToBytes } from '../../model/text.js';
import type { Stop } from '../cancellation.js';
import type { Ended } from './await-end.js';
import type { CollectedResults } from './collect-results.js';
import type { CancelRequests } from './request-cancel.js';
import type { RunView } from './run-view.js';
import type { NotSubmitted } from './submit-once.js';

/** Of a run that has come to its end. */
export function conclude(
  { view, stop }: { readonly view: RunView; readonly stop: Stop },
  { actionRun, actionRunId, statusClass, message }: Ended,
  results: CollectedResults & Pick<RunActionResult, 'surplusRuns'>,
): RunActionResult {
  const { approvals, polls, submissions } = view.state;
  const outcome = decideOutcome({ statusClass, stopped: stop.why(), approvals });
  return { outcome, message, actionRunId, actionRun, ...results, approvals, submissions, polls };
}

const NOTHING = { actionRun: null, appRuns: [], appRunsOmitted: 0, surplusRuns: [] } as const;
const NOT_SENT = 'Cancelled before SOAR had the action.';
const NOT_FOUND =
  'Cancelled while it was unknown whether SOAR had the action: no run with its tag turned up, although a POST may have been taken.';
const GIVEN_UP = 'Given up by a person while it was unknown whether SOAR had queued the action.';

/** Of a run that SOAR never had, as far as anybody knows; who asked for a cancel is answered. */
export function neverRan(
  { view, cancels }: { readonly view: RunView; readonly cancels: CancelRequests },
  { by, isUncertain }: NotSubmitted,
): RunActionResult {
  const message = by === 'person' ? GIVEN_UP : isUncertain ? NOT_FOUND : NOT_SENT;
  cancels.answer(isUncertain ? { accepted: false, message } : { accepted: true, message: NOTHING_SUBMITTED });
  const outcome = by === 'stop' ? 'cancelled' : 'failed';
  const { submissions } = view.state;
  return { outcome, message, actionRunId: null, ...NOTHING, approvals: [], submissions, polls: 0 };
}

const NOTHING_SUBMITTED = 'Nothing had been submitted to SOAR.';

/** Of a run that a person has stopped the watching of. */
export function unwatchedResult(view: RunView, message: string): RunActionResult {
  const { actionRunId, approvals, polls, submissions } = view.state;
  return { outcome: 'unwatched', message, actionRunId, ...NOTHING, approvals, submissions, polls };
}

/** Why there is nothing to be left alone now: a run may be once SOAR may have it. */
export function notWatched({ submissions, phase }: RunState): string | undefined {
  if (submissions === 0 || phase === 'submitting') return 'Nothing is watched yet: signal cancel stops the submission.';
  return phase === 'done' ? 'The run has ended.' : undefined;
}

/** With `failUnlessSuccess`: the failure that has the result. */
export function notSuccessful(result: RunActionResult): ApplicationFailure {
  const message = `action_run ${String(result.actionRunId)} ended ${result.outcome}: ${reasonOf(result)}`;
  const type = FAILURE_TYPES.actionRunNotSuccessful;
  return ApplicationFailure.create({ message, type, nonRetryable: true, details: [result] });
}

/** The workflow's own timeout is near: Temporal's failure could not say which run it was. */
export function notEnded({ state }: RunView): never {
  const { actionRunId, status, cancel } = state;
  const message = `action_run ${String(actionRunId)} has not ended in SOAR before the timeout of this workflow.`;
  const details = [{ actionRunId, status, cancel }];
  throw ApplicationFailure.create({ message, type: FAILURE_TYPES.actionRunNotEnded, nonRetryable: true, details });
}

/** Temporal's limit for a payload is 2 MiB; a workflow that returns more is tried again for ever. */
const MAX_RESULT_BYTES = 1_900_000;

/** The last check before a result is returned: what is too large gives way, the largest first. */
export function fitPayload(result: RunActionResult): RunActionResult {
  if (jsonBytes(result) <= MAX_RESULT_BYTES) return result;
  const withoutResults = { ...result, appRuns: result.appRuns.map(byReference) };
  if (jsonBytes(withoutResults) <= MAX_RESULT_BYTES)
    return said(withoutResults, 'The results are too large to be inline.');
  const { actionRun } = result;
  const least = {
    ...result,
    appRuns: result.appRuns.map(shortest),
    actionRun: actionRun && { id: actionRun.id, status: actionRun.status, message: '' },
  };
  return said(least, 'The results, messages and failures are too large to be inline.');
}

function byReference({ results, ...appRun }: AppRunResult): AppRunResult {
  if (!results) return appRun;
  const failures = results.flatMap(({ status, message }, index) =>
    isSuccess(status) ? [] : [{ index, status, message: cutToBytes(message, 300) }],
  );
  const resultsOmitted = { count: results.length, succeeded: results.length - failures.length, failures };
  return { ...appRun, resultsOmitted };
}

function shortest(appRun: AppRunResult): AppRunResult {
  const { message, resultsOmitted, ...rest } = byReference(appRun);
  const counts = resultsOmitted && { resultsOmitted: { ...resultsOmitted, failures: [] } };
  return { ...rest, message: cutToBytes(message, 200), ...counts };
}

function said(result: RunActionResult, sentence: string): RunActionResult {
  return { ...result, incomplete: [...(result.incomplete ?? []), sentence] };
}
