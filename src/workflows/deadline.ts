import { CancellationScope, isCancellation, sleep, workflowInfo } from '@temporalio/workflow';
import type { Stop } from './cancellation.js';

/** Runs `work`; if it takes longer than `ms`, `onExpire` is called. The timer ends with the work, and the UI shows its summary. */
async function withTimer<T>(ms: number, summary: string, onExpire: () => void, work: () => Promise<T>): Promise<T> {
  const timer = new CancellationScope();
  const expire = async (): Promise<void> => {
    await sleep(ms, { summary });
    onExpire();
  };
  const expired = timer.run(expire).catch((error: unknown) => {
    if (!isCancellation(error)) throw error;
  });
  try {
    return await work();
  } finally {
    timer.cancel();
    await expired;
  }
}

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

/**
 * A timeout that the caller has set for the workflow itself is a deadline, too: a workflow that Temporal times out can do
 * nothing more. So the run is stopped a fifth of that time before, but not more than half a minute; what has not ended shortly
 * before the timeout is left to `onExpire`. Without such a timeout nothing is timed.
 */
export async function beforeTimeout<T>(stop: Stop, onExpire: () => never, work: () => Promise<T>): Promise<T> {
  const { executionExpirationTime, runTimeoutMs, startTime } = workflowInfo();
  const startMs = startTime.getTime();
  // A child's are 0 if none is set.
  const runEndMs = runTimeoutMs ? startMs + runTimeoutMs : Infinity;
  const expirationMs = executionExpirationTime?.getTime() ?? 0;
  const endMs = Math.min(expirationMs > startMs ? expirationMs : Infinity, runEndMs);
  if (endMs === Infinity) return work();
  const marginMs = Math.min((endMs - startMs) / 5, 30_000);
  const until = (ms: number): number => Math.max(ms - Date.now(), 1);
  const expired = sleep(until(endMs - marginMs / 4), { summary: 'shortly before the timeout' }).then(onExpire);
  const stopInTime = (): void => {
    stop.because({ by: 'deadline' });
  };
  const inTime = withTimer(until(endMs - marginMs), 'before the timeout of the workflow', stopInTime, work);
  return Promise.race([inTime, expired]);
}
