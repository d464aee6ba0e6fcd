import { allHandlersFinished, CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import type { KnownRun } from '../../activities/index.js';
import type { CancelAnswer } from '../../model/run-state.js';
import { cancelInSoar } from '../calls/named.js';
import { stopRequest } from '../cancellation.js';
import type { Stop } from '../cancellation.js';
import type { RunView } from './run-view.js';

/** Passes a cancel on to SOAR, and answers everybody who asked for one with what SOAR said. */
export class CancelRequests {
  constructor(
    readonly stop: Stop,
    readonly view: RunView,
  ) {}

  /** Handles update `requestCancel`: the same as signal `cancel`, answered with what SOAR says to it. */
  async requestAndWait(argument: unknown): Promise<CancelAnswer | null> {
    this.stop.because(stopRequest('update', argument));
    await condition(() => this.view.state.cancel !== null);
    return this.view.state.cancel;
  }

  /** Asks SOAR to cancel the run, again and again until it has answered or `ended` says that the run lives no more. */
  async cancelWhileItLives<T>(run: KnownRun, ended: Promise<T>): Promise<T> {
    this.view.update({ phase: 'cancelling' });
    const asking = new CancellationScope();
    const answered = asking.run(() => this.#cancelInSoar(run));
    const stopAsking = (): void => {
      asking.cancel();
    };
    void ended.then(stopAsking, stopAsking);
    await answered;
    if (this.view.state.cancel?.accepted === false) this.view.update({ phase: 'awaitingActionRun' });
    return ended;
  }

  /** Before the workflow ends: nobody who asked for a cancel, however late, goes without an answer. */
  async answerAll(message: string): Promise<void> {
    while ((this.stop.request() && !this.view.state.cancel) || !allHandlersFinished()) {
      if (this.stop.request()) this.answer({ accepted: false, message });
      await condition(() => allHandlersFinished() || (this.stop.request() !== undefined && !this.view.state.cancel));
    }
  }

  /** The first answer counts. */
  answer(answer: CancelAnswer): void {
    if (this.view.state.cancel) return;
    const reason = this.stop.request()?.reason;
    this.view.update({ cancel: { ...answer, ...(reason === undefined ? {} : { reason }) } });
  }

  async #cancelInSoar(run: KnownRun): Promise<void> {
    try {
      const note = this.view.noteProblemOf('cancel');
      this.answer(await cancelInSoar(run, `cancel action_run ${run.actionRunId}`, note));
    } catch (error) {
      if (!isCancellation(error)) throw error;
      this.view.noteProblem('cancel', null);
      this.answer({ accepted: false, message: 'The run ended before SOAR had answered the cancel.' });
    }
  }
}
