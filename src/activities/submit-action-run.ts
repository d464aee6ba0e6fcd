import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { checkRunActionOptions } from '../contracts/run-action.js';
import type { RunActionOptions, RunActionRequest } from '../contracts/run-action.js';
import { parseRunActionRequest } from '../contracts/soar/run-action-request.js';
import { SOAR_ERROR_CODES } from '../model/error-codes.js';
import { FAILURE_TYPES } from '../model/names.js';
import { taggedName } from '../model/submission-tag.js';
import { cut, MAX_ANSWER_CHARACTERS } from '../model/text.js';
import { ACTIVITY_TIMEOUTS, REQUEST_TIMEOUT_MS } from '../model/timeouts.js';
import type { SoarClient } from '../soar/client.js';
import { SoarError } from '../soar/errors.js';
import { isFinal, toFailure } from './to-failure.js';

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

/** Heartbeat details that allow the next attempt to POST: the attempt before it certainly sent nothing. */
interface NothingSent {
  readonly nothingSentInAttempt: number;
}

/**
 * The POST that creates an action_run, sent at most once by one activity: Temporal retries it only after attempts that
 * certainly reached nothing. Whatever leaves a doubt fails as `SubmissionUncertain`, for the workflow to look first.
 *
 * The POST is not aborted by a cancel: its answer is the only sure way to learn the run's id.
 */
export function createSubmitActionRun(soar: SoarClient): (input: SubmissionInput) => Promise<SubmissionAnswer> {
  return async (input) => {
    const startedAtMs = Date.now();
    refuseInvalid(input);
    refuseAfterDoubtfulAttempt();
    const body = { ...input.request, name: taggedName(input.request.name, input.tag) };
    refuseWhenLate(startedAtMs);
    try {
      const { action_run_id, message } = await soar.runAction(body, { timeoutMs: REQUEST_TIMEOUT_MS });
      return {
        actionRunId: action_run_id,
        message: cut(message, MAX_ANSWER_CHARACTERS),
        url: soar.actionRunUrl(action_run_id),
      };
    } catch (error) {
      throw failureOfPost(error);
    }
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

/** A retry may POST only when the attempt before it left word that nothing was sent; a killed one leaves none. */
function refuseAfterDoubtfulAttempt(): void {
  const { info } = Context.current();
  const details: unknown = info.heartbeatDetails;
  if (info.attempt === 1 || (isNothingSent(details) && details.nothingSentInAttempt === info.attempt - 1)) return;
  throw uncertain('An earlier attempt ended without a word: it may have reached SOAR.', 0);
}

function isNothingSent(details: unknown): details is NothingSent {
  return typeof details === 'object' && details !== null && 'nothingSentInAttempt' in details;
}

/** A worker that was stopped in its tracks must not POST after the workflow has given this attempt up. */
function refuseWhenLate(startedAtMs: number): void {
  const lastMomentMs = startedAtMs + ACTIVITY_TIMEOUTS.submitMs - REQUEST_TIMEOUT_MS;
  if (Date.now() > lastMomentMs) throw uncertain('The worker was held up until it was too late to POST.', 0);
}

const NOT_TAKEN_CODES: ReadonlySet<string> = new Set([SOAR_ERROR_CODES.RATE_LIMITED, SOAR_ERROR_CODES.TRY_AGAIN]);

function failureOfPost(error: unknown): unknown {
  if (!(error instanceof SoarError)) return error;
  if (isRefusal(error)) return ApplicationFailure.nonRetryable(error.message, error.code);
  if (error.sent && !NOT_TAKEN_CODES.has(error.code)) return uncertain(error.message, error.retryAfterMs ?? 0);
  const context = Context.current();
  context.heartbeat({ nothingSentInAttempt: context.info.attempt } satisfies NothingSent);
  return toFailure(error);
}

/** SOAR's own refusal: it took the request and did not queue the action. Too large an answer says nothing of the kind. */
function isRefusal(error: SoarError): boolean {
  if (error.code === SOAR_ERROR_CODES.FAILED) return true;
  return isFinal(error) && error.code !== SOAR_ERROR_CODES.BODY_TOO_LARGE;
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
