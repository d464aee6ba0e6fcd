import { ApplicationFailure } from '@temporalio/common';
import { SOAR_ERROR_CODES } from '../model/error-codes.js';
import type { SoarErrorCode } from '../model/error-codes.js';
import { SoarError } from '../soar/errors.js';

/** Asking again would get the same answer. Everything else is retried by Temporal's backoff, for as long as it takes. */
const FINAL_CODES: ReadonlySet<SoarErrorCode> = new Set([
  SOAR_ERROR_CODES.INVALID_REQUEST,
  SOAR_ERROR_CODES.BAD_REQUEST,
  SOAR_ERROR_CODES.UNAUTHORIZED,
  SOAR_ERROR_CODES.FORBIDDEN,
  SOAR_ERROR_CODES.NOT_FOUND,
  SOAR_ERROR_CODES.METHOD_NOT_ALLOWED,
  SOAR_ERROR_CODES.REDIRECT,
  SOAR_ERROR_CODES.BODY_TOO_LARGE,
]);

/** True when SOAR's answer is its last word on this request. */
export function isFinal(error: SoarError): boolean {
  return FINAL_CODES.has(error.code);
}

/**
 * Turns a failed SOAR call into the Temporal failure it means, in one place: `type` is the stable code, the retry waits
 * as long as SOAR's Retry-After asks, and only what can never succeed is not retried. Other errors pass unchanged.
 */
export function toFailure(error: unknown): unknown {
  if (!(error instanceof SoarError)) return error;
  return ApplicationFailure.create({
    message: error.message,
    type: error.code,
    nonRetryable: isFinal(error),
    details: [{ status: error.status ?? null, soarMessage: error.soarMessage ?? null }],
    // Temporal takes a delay of 0 for "do not retry" (seen with server 1.32); without one its own backoff counts.
    ...(error.retryAfterMs ? { nextRetryDelay: error.retryAfterMs } : {}),
  });
}
