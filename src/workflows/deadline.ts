import { CancellationScope, isCancellation } from '@temporalio/workflow';
import { CANCEL_GRACE_MS } from '../model/timeouts.js';
import type { Stop } from './stop.js';
import { withTimer } from './timer.js';

/** Runs `work`; from `timeoutSecs` after the run was due, it is stopped. The deadline is one more way of being stopped. */
export function withinDeadline<T>(
  stop: Stop,
  { dueAtMs, timeoutSecs }: { readonly dueAtMs: number; readonly timeoutSecs: number | undefined },
  work: () => Promise<T>,
): Promise<T> {
  if (timeoutSecs === undefined) return work();
  const remainingMs = Math.max(dueAtMs + timeoutSecs * 1_000 - Date.now(), 1);
  const expire = (): void => {
    stop.because({ by: 'deadline' });
  };
  return withTimer(remainingMs, 'timeoutSecs', expire, work);
}

/** Follows what has been cancelled in SOAR until it has ended there; what takes too long for that ends with `giveUp`. */
export async function followCancelled<T>(follow: () => Promise<T>, giveUp: () => Promise<T>): Promise<T> {
  const grace = new CancellationScope();
  const expire = (): void => {
    grace.cancel();
  };
  try {
    return await withTimer(CANCEL_GRACE_MS, 'how long a cancelled run is followed', expire, () => grace.run(follow));
  } catch (error) {
    if (!isCancellation(error)) throw error;
    return giveUp();
  }
}
