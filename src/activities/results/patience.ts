import { ApplicationFailure } from '@temporalio/common';
import { INCOMPLETE_AFTER_MS } from '../../model/timeouts-and-intervals.js';
import { lastsAfterMs } from '../../soar/lasting.js';
import type { Patience } from '../../soar/lasting.js';
import { ResultsMoved } from '../../soar/paging.js';
import { incomplete } from '../failures.js';
import { sinceScheduledMs } from '../heartbeat.js';

/**
 * What lasts is said in place of the answer: a list that keeps moving, an answer that cannot be read, and SOAR's own word that
 * it does not show it. @throws everything that may pass, for Temporal to try again
 */
export function unlessLater(error: unknown): string {
  const lastsMs = error instanceof ApplicationFailure ? INCOMPLETE_AFTER_MS : lastsAfterMs(error);
  if (error instanceof Error && sinceScheduledMs() >= lastsMs) return error.message;
  throw error instanceof ResultsMoved ? incomplete('results') : error;
}

/** The patience of an activity: Temporal tries it again. */
export function temporalPatience(): Patience {
  return {
    call: (read) => read(),
    mayPass: (error) =>
      Promise.resolve(error)
        .then(unlessLater)
        .then(() => false),
  };
}
