import { allHandlersFinished, condition, defineUpdate, setHandler } from '@temporalio/workflow';
import { UPDATES } from '../model/names.js';
import type { CancelAnswer } from '../model/run-state.js';
import { soar } from './activity-proxies.js';
import { listenForCancel, stopRequest } from './listen-for-cancel.js';
import type { RunView } from './run-view.js';
import type { Stop } from './stop.js';

const requestCancelUpdate = defineUpdate<CancelAnswer, [unknown?]>(UPDATES.requestCancel);

const NOTHING_SUBMITTED: CancelAnswer = { accepted: true, message: 'Nothing had been submitted to SOAR.' };

/** Takes cancels by signal and by update, passes one on to SOAR, and answers everybody with what SOAR said. */
export class CancelDesk {
  readonly #stop: Stop;
  readonly #view: RunView;
  #actionRunId: number | undefined;

  constructor(stop: Stop, view: RunView) {
    this.#stop = stop;
    this.#view = view;
    listenForCancel(stop, 'Stop the run and cancel it in SOAR.');
    setHandler(requestCancelUpdate, (argument) => this.#requestAndWait(argument), {
      description: 'The same as signal cancel, answered with what SOAR says to it.',
    });
  }

  /** From here on a cancel means this action_run. */
  watch(actionRunId: number): void {
    this.#actionRunId = actionRunId;
  }

  /** Passes the stop on to SOAR, once. */
  async answer(): Promise<void> {
    if (this.#view.state.cancel) return;
    const reason = this.#stop.request()?.reason;
    const answer = await this.#cancelInSoar();
    this.#view.update({ cancel: { ...answer, ...(reason === undefined ? {} : { reason }) } });
  }

  /** Before the workflow ends: nobody who asked for a cancel, however late, goes without an answer. */
  async answerAll(): Promise<void> {
    const unanswered = (): boolean => this.#stop.request() !== undefined && !this.#view.state.cancel;
    while (unanswered() || !allHandlersFinished()) {
      if (unanswered()) await this.answer();
      await condition(() => allHandlersFinished() || unanswered());
    }
  }

  /** The result's `cancel`, where there was one. */
  report(): { cancel?: CancelAnswer } {
    return this.#view.state.cancel ? { cancel: this.#view.state.cancel } : {};
  }

  async #requestAndWait(argument: unknown): Promise<CancelAnswer> {
    this.#stop.because(stopRequest('update', argument));
    await condition(() => this.#view.state.cancel !== null);
    return this.#view.state.cancel ?? NOTHING_SUBMITTED;
  }

  async #cancelInSoar(): Promise<CancelAnswer> {
    if (this.#actionRunId === undefined) return NOTHING_SUBMITTED;
    this.#view.update({ phase: 'cancelling' });
    return soar('cancel', `cancel action_run ${String(this.#actionRunId)}`).cancelActionRun({
      actionRunId: this.#actionRunId,
    });
  }
}
