import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { LookUp } from '../activities/index.js';
import type { SurplusRun } from '../contracts/run-action.js';
import { soar } from './activity-proxies.js';

/** After a second POST: finds the runs that earlier POSTs made after all, cancels them and keeps account. */
export class SurplusWatch {
  readonly runs: SurplusRun[] = [];
  readonly #lookUp: LookUp;

  constructor(lookUp: LookUp) {
    this.#lookUp = lookUp;
  }

  /** Cancels what is known to be surplus. */
  async cancel(actionRunIds: readonly number[]): Promise<void> {
    for (const actionRunId of actionRunIds) {
      if (this.runs.some((run) => run.actionRunId === actionRunId)) continue;
      const { accepted, message } = await soar(
        'cancel',
        `cancel surplus action_run ${String(actionRunId)}`,
      ).cancelActionRun({ actionRunId });
      this.runs.push({ actionRunId, cancel: { accepted, message } });
    }
  }

  /** Keeps looking while `work` goes on, and looks once more when it is done. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const scope = new CancellationScope();
    const watching = scope.run(() => this.#watch());
    try {
      return await work();
    } finally {
      scope.cancel();
      await watching;
      await this.lookOnce();
    }
  }

  async lookOnce(): Promise<void> {
    const found = await soar('read', 'did an earlier POST arrive late?').findActionRuns(this.#lookUp);
    await this.cancel(this.#surplusOf(found));
  }

  async #watch(): Promise<void> {
    try {
      for (;;) {
        const seen = this.runs.map(({ actionRunId }) => actionRunId);
        const others = await soar('poll', 'does an earlier POST arrive late?').awaitOtherRun({ ...this.#lookUp, seen });
        await CancellationScope.nonCancellable(() => this.cancel(this.#surplusOf(others)));
      }
    } catch (error) {
      if (!isCancellation(error)) throw error;
    }
  }

  #surplusOf(found: readonly { readonly id: number }[]): number[] {
    return found.map(({ id }) => id).filter((id) => id !== this.#lookUp.keep);
  }
}
