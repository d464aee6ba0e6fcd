import { ApplicationFailure } from '@temporalio/common';
import { checkRunActionOptions } from '../contracts/run-action.js';
import type { RunActionOptions, RunActionRequest } from '../contracts/run-action.js';
import { parseRunActionRequest } from '../contracts/soar/run-action-request.js';
import { SOAR_ERROR_CODES } from '../model/error-codes.js';
import { FAILURE_TYPES } from '../model/names.js';
import { ACTIVITY_TIMEOUTS, REQUEST_TIMEOUT_MS } from '../model/timeouts.js';
import type { SoarClient } from '../soar/client.js';
import { isDoubtful, nothingSent } from './doubtful-attempt.js';
import { postActionRun } from './post-action-run.js';
import type { Posted } from './post-action-run.js';

/** What is submitted, and the tag it is found again by. */
export interface SubmissionInput {
  readonly request: RunActionRequest;
  readonly options: RunActionOptions | null;
  readonly tag: string;
}

/** SOAR's answer: it has queued the action. */
export interface SubmissionAnswer {
  readonly actionRunId: number;
  readonly message: string;
  /** Where SOAR shows the run. */
  readonly url: string;
}

/** Details of a `SubmissionUncertain` failure. */
export interface UncertainDetails {
  /** How long SOAR asked to be left alone; 0 where it did not. */
  readonly retryAfterMs: number;
}

/**
 * The POST that creates an action_run, sent at most once by one activity: Temporal retries it only after attempts that
 * certainly reached nothing. Whatever leaves a doubt fails as `SubmissionUncertain`, for the workflow to look first.
 *
 * The POST is not aborted by a cancel: its answer is the only sure way to learn the run's id.
 */
export function createSubmitActionRun(soar: SoarClient): (input: SubmissionInput) => Promise<SubmissionAnswer> {
  return async (input) => {
    // A worker that was stopped in its tracks must not POST after the workflow has given this attempt up.
    const lastMomentMs = Date.now() + ACTIVITY_TIMEOUTS.submitMs - REQUEST_TIMEOUT_MS;
    refuseInvalid(input);
    if (isDoubtful()) throw uncertain('An earlier attempt ended without a word: it may have reached SOAR.', 0);
    if (Date.now() > lastMomentMs) throw uncertain('The worker was held up until it was too late to POST.', 0);
    const posted = await postActionRun(soar, input.request, input.tag, lastMomentMs);
    if (posted.kind !== 'submitted') throw failureOf(posted);
    const { actionRunId, message } = posted;
    return { actionRunId, message, url: soar.actionRunUrl(actionRunId) };
  };
}

function refuseInvalid({ request, options }: SubmissionInput): void {
  const parsed = parseRunActionRequest(request);
  const checkedOptions = checkRunActionOptions(options);
  const problems = [...problemsOf(parsed, 'request.'), ...problemsOf(checkedOptions, 'options.')];
  if (problems.length === 0) return;
  throw ApplicationFailure.nonRetryable(problems.join('\n'), SOAR_ERROR_CODES.INVALID_REQUEST, { problems });
}

type Checked = { readonly ok: true } | { readonly ok: false; readonly problems: readonly string[] };

function problemsOf(checked: Checked, prefix: string): string[] {
  return checked.ok ? [] : checked.problems.map((problem) => prefix + problem);
}

function failureOf(posted: Exclude<Posted, { kind: 'submitted' }>): unknown {
  switch (posted.kind) {
    case 'refused':
      return ApplicationFailure.nonRetryable(posted.message, posted.code);
    case 'uncertain':
      return uncertain(posted.message, posted.retryAfterMs);
    case 'notSent':
      return nothingSent(posted.error);
  }
}

function uncertain(message: string, retryAfterMs: number): ApplicationFailure {
  const type = FAILURE_TYPES.submissionUncertain;
  return ApplicationFailure.create({
    message,
    type,
    nonRetryable: true,
    details: [{ retryAfterMs } satisfies UncertainDetails],
  });
}
