import { CancellationScope, defineSignal, isCancellation, sleep, workflowInfo } from '@temporalio/workflow';
import { SIGNALS } from '../model/names.js';
import { readCancelReason } from '../model/text.js';

/** Signal `cancel`, the same on every workflow of ours. */
export const cancelSignal = defineSignal<[unknown?]>(SIGNALS.cancel);

/** Who stops a run: a person by signal or update, Temporal's own cancellation, or the deadline. */
export interface StopRequest {
  readonly by: 'signal' | 'update' | 'temporal' | 'deadline';
  readonly reason?: string;
}

/** The stop that somebody's argument asks for: a reason, `{ reason }`, or anything else, which counts as no reason. */
export function stopRequest(by: 'signal' | 'update', argument: unknown): StopRequest {
  const reason = readCancelReason(argument);
  return { by, ...(reason === undefined ? {} : { reason }) };
}

/**
 * One scope that every way of stopping ends in. A workflow executes in a non-cancellable scope and hands
 * {@link Stop.unlessStopped} just the parts that may be interrupted.
 */
export class Stop {
  readonly #scope = new CancellationScope();
  /** The workflow's own, which Temporal's cancellation cancels. */
  readonly #root = CancellationScope.current();
  #request: StopRequest | undefined;

  /** Stops; the first request counts. */
  because(request: StopRequest): void {
    this.#request ??= request;
    this.#scope.cancel();
  }

  /** Who stopped the workflow, if anybody has. */
  request(): StopRequest | undefined {
    return this.#request ?? (this.#scope.consideredCancelled ? { by: 'temporal' } : undefined);
  }

  /** True where Temporal's own cancellation has come, whatever came before it. */
  get byTemporal(): boolean {
    return this.#root.consideredCancelled;
  }

  /** Resolves once somebody stops the workflow; in one that nobody stops, never. */
  async requested(): Promise<void> {
    await this.#scope.cancelRequested.catch(() => undefined);
  }

  /** Runs `work` until it ends or somebody stops it; `undefined` means stopped. */
  async unlessStopped<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.request()) return undefined;
    try {
      return await this.#scope.run(work);
    } catch (error) {
      if (this.request() && isCancellation(error)) return undefined;
      throw error;
    }
  }
}

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
  // A child's are 0 where none is set.
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
