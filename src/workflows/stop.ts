import { CancellationScope, isCancellation } from '@temporalio/workflow';

/** Who stops a run: a person by signal or update, Temporal's own cancellation, or the deadline. */
export interface StopRequest {
  readonly by: 'signal' | 'update' | 'temporal' | 'deadline';
  readonly reason?: string;
}

/**
 * One scope that every way of stopping ends in. The story of a workflow runs shielded from cancellation and hands
 * {@link Stop.unlessStopped} just the parts that may be interrupted.
 */
export class Stop {
  readonly #scope = new CancellationScope();
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
