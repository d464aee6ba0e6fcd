import { CancellationScope, defineSignal, isCancellation } from '@temporalio/workflow';
import { SIGNALS } from '../model/names.js';
import { readCancelReason } from '../model/text.js';
import { record } from './record.js';

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

  constructor() {
    void this.#root.cancelRequested.catch(() => {
      if (this.#request === undefined) record('cancel', { by: 'temporal' });
    });
  }

  /** Stops; the first request counts, and it alone is recorded: thousands must not fill the log. A deadline is nobody's act. */
  because(request: StopRequest): void {
    const { by, reason } = request;
    if (this.request() === undefined && by !== 'deadline') record('cancel', { by, reason });
    this.#request ??= request;
    this.#scope.cancel();
  }

  /** Who stopped the workflow, if anybody has. */
  request(): StopRequest | undefined {
    return this.#request ?? (this.#scope.consideredCancelled ? { by: 'temporal' } : undefined);
  }

  /** What somebody's stop makes of the outcome: a deadline is no cancel. */
  why(): 'cancel' | 'timeout' | undefined {
    const request = this.request();
    return request && (request.by === 'deadline' ? 'timeout' : 'cancel');
  }

  /** True if Temporal's own cancellation has come, whatever came before it. */
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
