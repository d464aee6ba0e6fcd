import { setTimeout as delay } from 'node:timers/promises';
import { meaningOf } from '../model/error-codes.js';
import { DENIED_RESULTS_AFTER_MS, INCOMPLETE_AFTER_MS } from '../model/timeouts-and-intervals.js';
import { ResultsMoved } from './paging.js';
import { SoarError } from './soar-error.js';

/** True for an error that says something of one resource alone: others may be read. */
export function isOfOne(error: unknown): error is SoarError | ResultsMoved {
  return error instanceof ResultsMoved || (error instanceof SoarError && meaningOf(error.code).oneResource === true);
}

/** True if SOAR does not hand out a list of many like this, or nobody can read it: each may be asked for by itself. */
export function isNoList(error: unknown): error is SoarError {
  if (!(error instanceof SoarError)) return false;
  const { noFilter, unreadable } = meaningOf(error.code);
  return noFilter === true || unreadable === true;
}

/** For how long an error must have been seen until it is SOAR's last word on what was read. `Infinity`: it never is. */
export function lastsAfterMs(error: unknown): number {
  if (isOfOne(error)) return INCOMPLETE_AFTER_MS;
  const isDenied = error instanceof SoarError && meaningOf(error.code).denied && error.soarMessage !== undefined;
  return isDenied ? DENIED_RESULTS_AFTER_MS : Infinity;
}

/** How a reader waits for what may pass. */
export interface Patience {
  /** Makes a call; repeats it for as long as SOAR is away, if nobody else does. */
  call<T>(read: () => Promise<T>): Promise<T>;
  /** Waits before what cannot be read is read again. False once it has lasted, and is to be said. */
  mayPass(error: SoarError | ResultsMoved): Promise<boolean>;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
const AWAY_FOR_MS = 10 * 60_000;

/** The patience of a command, which nobody repeats: ten minutes for a SOAR that is away. */
export function ownPatience(): Patience {
  const startMs = Date.now();
  let pauseMs = FIRST_PAUSE_MS;
  const pause = async (leastMs = 0): Promise<void> => {
    await delay(Math.max(pauseMs, Math.min(leastMs, AWAY_FOR_MS)));
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  };
  return {
    call: async (read) => {
      for (;;) {
        try {
          return await read();
        } catch (error) {
          const passes = error instanceof SoarError && meaningOf(error.code).passes === true;
          if (!passes || Date.now() - startMs > AWAY_FOR_MS) throw error;
          await pause(error.retryAfterMs);
        }
      }
    },
    mayPass: async (error) => {
      if (Date.now() - startMs >= lastsAfterMs(error)) return false;
      await pause();
      return true;
    },
  };
}
