import { CancellationScope } from '@temporalio/workflow';
import type { FoundRun, LookUp } from '../../activities/index.js';
import type { SurplusRun } from '../../contracts/run-action.js';
import { unlessCancelled } from '../calls/failure-of-activity.js';
import { awaitOtherRun, cancelInSoar } from '../calls/named.js';
import { persist } from '../calls/persist.js';
import { isFoundRuns } from '../shapes.js';
import { markOf } from '../../model/submission-tag.js';
import type { NoteProblem } from '../calls/persist.js';

/** After a second POST: finds the runs that earlier POSTs made after all, cancels them and keeps account. */
export class SurplusRuns {
  readonly runs: SurplusRun[] = [];

  constructor(
    readonly lookUp: LookUp,
    readonly note: NoteProblem,
  ) {}

  /** Cancels what is known to be surplus. */
  async cancel(actionRunIds: readonly number[]): Promise<void> {
    for (const actionRunId of actionRunIds) {
      if (this.runs.some((run) => run.actionRunId === actionRunId)) continue;
      const { origin, tag } = this.lookUp;
      const summary = `cancel surplus action_run ${actionRunId}`;
      const answer = await cancelInSoar({ actionRunId, mark: markOf(tag), origin }, summary, this.note);
      this.runs.push({ actionRunId, cancel: { accepted: answer.accepted, message: answer.message } });
    }
  }

  /** Keeps looking while `work` goes on, and looks once more when it is done. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const scope = new CancellationScope();
    const watching = scope.run(() => this.#watch()).catch(unlessCancelled);
    try {
      return await work();
    } finally {
      scope.cancel();
      await watching;
      await this.lookOnce();
    }
  }

  async lookOnce(): Promise<void> {
    const found = await persist({
      summary: 'did an earlier POST arrive late?',
      note: this.note,
      isResult: isFoundRuns,
      call: (soar) => soar.findActionRuns(this.lookUp),
    });
    if (found.some(({ id }) => id === this.lookUp.keep)) await this.cancel(this.#surplusOf(found));
  }

  /** Until it is cancelled: nothing else ends it. */
  async #watch(): Promise<void> {
    for (;;) {
      const seen = this.runs.map(({ actionRunId }) => actionRunId);
      const others = await awaitOtherRun({ ...this.lookUp, seen }, 'does an earlier POST arrive late?', this.note);
      await CancellationScope.nonCancellable(() => this.cancel(this.#surplusOf(others)));
    }
  }

  /** While SOAR does not show the run that is kept, one of the others may be it, under another number. */
  #surplusOf(found: readonly FoundRun[]): number[] {
    return found.filter(({ id, unlike }) => !unlike && id !== this.lookUp.keep).map(({ id }) => id);
  }
}
