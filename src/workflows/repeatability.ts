import { ActivityFailure } from '@temporalio/workflow';
import type { RunActionRequest } from '../contracts/run-action.js';
import { changesSomething } from '../model/action-type.js';
import { soar } from './activity-proxies.js';
import type { Stop } from './stop.js';

/** Whether a batch's action can be run twice without harm. SOAR is asked at most once, and only where it matters. */
export class Repeatability {
  readonly #request: Pick<RunActionRequest, 'action' | 'type'>;
  readonly #stop: Stop;
  #answer: Promise<boolean> | undefined;

  constructor(request: Pick<RunActionRequest, 'action' | 'type'>, stop: Stop) {
    this.#request = request;
    this.#stop = stop;
  }

  /** False where neither the request nor SOAR says what type the action is of, or SOAR does not let us look. */
  isGiven(): Promise<boolean> {
    return (this.#answer ??= this.#find());
  }

  async #find(): Promise<boolean> {
    const { action, type } = this.#request;
    const input = { request: { action } };
    const lookUp = (): Promise<string | null> => soar('read', 'what type of action is it?').findActionType(input);
    try {
      const found = type ?? (await this.#stop.unlessStopped(lookUp)) ?? null;
      return found !== null && !changesSomething(found);
    } catch (error) {
      if (error instanceof ActivityFailure) return false;
      throw error;
    }
  }
}
