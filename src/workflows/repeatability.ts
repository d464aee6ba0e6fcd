import type { RunActionRequest } from '../contracts/run-action.js';
import { changesSomething } from '../model/action-type.js';
import { lookUpType } from './look-up-type.js';
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
    const found = type ?? (await this.#stop.unlessStopped(() => lookUpType(action)));
    return typeof found === 'string' && !changesSomething(found);
  }
}
