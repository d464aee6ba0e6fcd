import type { ActionResult, JsonObject } from '../records.js';

/** What an action made of one parameter set. */
export interface ActionOutcome {
  readonly status: ActionResult['status'];
  readonly message: string;
  readonly data: JsonObject[];
  readonly summary: JsonObject;
}

/** The code behind an app_action. It is asked when the work starts how long it will take, and for the outcomes when that time is over. */
export interface SimAction {
  /** How long all parameter sets together take, in milliseconds. */
  durationMs(parameterSets: readonly JsonObject[]): number;
  run(parameters: JsonObject): ActionOutcome;
}

/** An outcome without data, whose message says why. */
export function failedOutcome(message: string): ActionOutcome {
  return { status: 'failed', message, data: [], summary: {} };
}
