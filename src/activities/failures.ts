import { ApplicationFailure } from '@temporalio/common';
import type { ApplicationFailureOptions } from '@temporalio/common';
import { fateOfPost, SOAR_ERROR_CODES } from '../model/error-codes.js';
import type { PostFate } from '../model/error-codes.js';
import { FAILURE_TYPES } from '../model/names.js';
import type { RunOptions } from '../model/options.js';
import { SoarError } from '../soar/soar-error.js';

/** Details of the failure that a SOAR call becomes. */
export interface SoarFailureDetails {
  readonly status: number | null;
  readonly soarMessage: string | null;
  readonly retryAfterMs: number;
  /** Of the POST that creates an action_run alone: what became of it, and what the activity has learned. */
  readonly fate?: PostFate;
  readonly checked?: CheckedRun;
}

/** What the first activity of a run tells the workflow: the options with their defaults, and which SOAR takes the action. */
export interface CheckedRun {
  readonly options: RunOptions;
  readonly origin: string;
}

/**
 * Turns a failed SOAR call into the Temporal failure it means, in one place: `type` is the stable code, and the retry waits as
 * long as SOAR's Retry-After asks. On a run that is known to exist no answer is the last word, so everything is retried but
 * what can never be sent. Other errors pass unchanged.
 */
export function toFailure(error: unknown): unknown {
  if (!(error instanceof SoarError)) return error;
  return failureOf(error, { nonRetryable: error.code === SOAR_ERROR_CODES.INVALID_REQUEST });
}

/** Not an error: what an activity that waits fails with, for Temporal to try it again. */
export function notYet(message: string, more: ApplicationFailureOptions = {}): ApplicationFailure {
  return ApplicationFailure.create({ message, type: FAILURE_TYPES.actionRunPending, category: 'BENIGN', ...more });
}

/** The failure of the POST that creates an action_run: retried by Temporal only if it certainly did not reach SOAR. */
export function toPostFailure(error: SoarError, checked?: CheckedRun): ApplicationFailure {
  const fate = fateOfPost(error);
  const type = fate === 'uncertain' ? FAILURE_TYPES.submissionUncertain : error.code;
  // What was answered comes back to the workflow, which looks before it sends again.
  return failureOf(error, { nonRetryable: fate !== 'notTaken' || error.sent, fate, type, checked });
}

/** The failure of a POST of which nothing is known, because the attempt that sent it left no word. */
export function uncertain(message: string, checked: CheckedRun): ApplicationFailure {
  const details: SoarFailureDetails = { status: null, soarMessage: null, retryAfterMs: 0, fate: 'uncertain', checked };
  const type = FAILURE_TYPES.submissionUncertain;
  return ApplicationFailure.create({ message, type, nonRetryable: true, details: [details] });
}

const MAX_PROBLEMS = 20;

/** Refuses an input that can never work, with what is wrong with it. */
export function refusal(all: readonly string[]): ApplicationFailure {
  const problems = all.slice(0, MAX_PROBLEMS);
  return ApplicationFailure.nonRetryable(problems.join('\n'), SOAR_ERROR_CODES.INVALID_REQUEST, {
    fate: 'refused',
    problems,
  });
}

/** A list moved under the reader and was not read to its exact end: Temporal reads it again. */
export function incomplete(what: string): ApplicationFailure {
  const message = `The ${what} changed while they were read.`;
  return ApplicationFailure.create({ message, type: FAILURE_TYPES.incompleteList });
}

/**
 * Says nothing of where this worker is installed: a failure stands in histories. A failure of ours needs no stack to be understood;
 * that of a fault in the code names files as they stand in the package.
 */
export function withoutPaths(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  error.stack = error instanceof ApplicationFailure ? '' : (error.stack ?? '').replace(INSTALLED, '');
  withoutPaths(error.cause);
  return error;
}

/** An absolute path, up to the package that the file belongs to. */
const INSTALLED = /(?:file:\/\/)?(?:[A-Z]:)?[\\/](?:[^\n:()]*[\\/])?(?=(?:node_modules|dist|src)[\\/])/g;

interface FailureOptions {
  readonly nonRetryable: boolean;
  readonly fate?: PostFate;
  readonly checked?: CheckedRun | undefined;
  readonly type?: string;
}

function failureOf(
  { message, code, status, soarMessage, retryAfterMs = 0 }: SoarError,
  { nonRetryable, fate, checked, type = code }: FailureOptions,
): ApplicationFailure {
  const details: SoarFailureDetails = {
    status: status ?? null,
    soarMessage: soarMessage ?? null,
    retryAfterMs,
    ...(fate === undefined ? {} : { fate }),
    ...(checked === undefined ? {} : { checked }),
  };
  // Temporal takes a delay of 0 for "do not retry" (seen with server 1.32); without one its own backoff counts.
  const nextRetryDelay = retryAfterMs > 0 && !nonRetryable ? { nextRetryDelay: retryAfterMs } : {};
  return ApplicationFailure.create({ message, type, nonRetryable, details: [details], ...nextRetryDelay });
}
