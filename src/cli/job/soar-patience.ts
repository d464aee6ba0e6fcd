import { setTimeout as delay } from 'node:timers/promises';
import { SOAR_ERROR_CODES } from '../../model/error-codes.js';
import { SoarError } from '../../soar/errors.js';

/** SOAR is away, or asks for patience: the same call may succeed later. */
const PASSING_CODES: ReadonlySet<string> = new Set([
  SOAR_ERROR_CODES.CONNECTION,
  SOAR_ERROR_CODES.CONNECTION_LOST,
  SOAR_ERROR_CODES.TIMEOUT,
  SOAR_ERROR_CODES.TRY_AGAIN,
  SOAR_ERROR_CODES.RATE_LIMITED,
  SOAR_ERROR_CODES.SERVER_ERROR,
  SOAR_ERROR_CODES.UNAVAILABLE,
  SOAR_ERROR_CODES.BODY_UNREADABLE,
]);
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
const LONGEST_WAIT_MS = 10 * 60_000;

/** Repeats a reading call while SOAR is away, for ten minutes at most. @throws what the last call threw */
export async function withSoarPatience<T>(call: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + LONGEST_WAIT_MS;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await call();
    } catch (error) {
      if (!isPassing(error) || Date.now() > deadline) throw error;
      await delay(Math.max(pauseMs, retryAfterMs(error)));
    }
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof SoarError && PASSING_CODES.has(error.code);
}

function retryAfterMs(error: unknown): number {
  const wanted = error instanceof SoarError ? (error.retryAfterMs ?? 0) : 0;
  return Math.min(wanted, LONGEST_WAIT_MS);
}
