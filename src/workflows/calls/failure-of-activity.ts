import { ActivityFailure, ApplicationFailure, isCancellation } from '@temporalio/workflow';
import { SOAR_ERROR_CODES } from '../../model/error-codes.js';
import type { PostFate } from '../../model/error-codes.js';
import { isObject } from '../../model/json.js';
import { cut } from '../../model/text.js';

/** What an activity failed with, without Temporal's wrapping of it. */
export function causeOf(error: unknown): unknown {
  return error instanceof ActivityFailure ? error.cause : error;
}

/** What an activity failed with, as a code and a text. */
export function problemOf(error: unknown): { readonly code: string; readonly message: string } {
  const cause = causeOf(error);
  const type = cause instanceof ApplicationFailure ? cause.type : undefined;
  const message = cause instanceof Error ? cause.message : String(cause);
  return { code: cut(type ?? SOAR_ERROR_CODES.TIMEOUT, 100), message: cut(message, 1_000) };
}

/** For work that goes on until it is cancelled: that ends it, and is no failure. @throws every other error */
export function unlessCancelled(error: unknown): void {
  if (!isCancellation(error)) throw error;
}

/** True if no SOAR would ever take what was to be sent. */
export function canNeverBeSent(error: unknown): boolean {
  const cause = causeOf(error);
  return (
    cause instanceof ApplicationFailure &&
    cause.nonRetryable === true &&
    cause.type === SOAR_ERROR_CODES.INVALID_REQUEST
  );
}

/** How often an activity was tried that has failed: Temporal tries again only what may be. */
export function triesOf(error: unknown, maximumAttempts: number | undefined): number {
  const areUsedUp = error instanceof ActivityFailure && error.retryState === 'MAXIMUM_ATTEMPTS_REACHED';
  return areUsedUp ? (maximumAttempts ?? 1) : 1;
}

const FATES: readonly PostFate[] = ['refused', 'passing', 'notTaken'];

/** What a failed POST says of itself. A killed worker says nothing, nor does a person who fails the activity: then nobody knows. */
export function postDetailsOf(error: unknown): {
  readonly fate: PostFate;
  readonly retryAfterMs: number;
  readonly wasAnswered: boolean;
  readonly checked?: unknown;
  readonly problems?: readonly unknown[];
} {
  const cause = causeOf(error);
  const details: unknown = cause instanceof ApplicationFailure ? cause.details?.[0] : undefined;
  const { fate, retryAfterMs, status, checked, problems } = isObject(details) ? details : {};
  return {
    fate: FATES.find((known) => known === fate) ?? 'uncertain',
    retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : 0,
    wasAnswered: typeof status === 'number',
    ...(checked === undefined ? {} : { checked }),
    ...(Array.isArray(problems) ? { problems } : {}),
  };
}
