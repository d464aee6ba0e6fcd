import type { z } from 'zod';
import type { ActionResult, App, AppAction, assetSchema, JsonObject } from '../records.js';

/** An app that is there from the start: its record, its actions, and its assets. */
export interface SimApp {
  readonly record: Omit<App, 'id'>;
  readonly actions: readonly SimAction[];
  /**
   * Makes the fields of its assets.
   *
   * @param approver the id of a user who may be asked for approval
   */
  readonly assets: (approver: number) => readonly AssetFields[];
}

/** The fields of a new asset; the schema fills in the rest. */
export type AssetFields = Omit<z.input<typeof assetSchema>, 'id' | 'app'>;

/** An app_action and the code behind it. */
export interface SimAction {
  readonly record: Omit<AppAction, 'id' | 'app'>;
  /** How long all parameter sets together take, in milliseconds. Called when the work starts. */
  durationMs(parameterSets: readonly JsonObject[]): number;
  /** Makes the outcome of one parameter set. Called when the time is over. */
  run(parameters: JsonObject): ActionOutcome;
}

/** The outcome of one parameter set. */
export type ActionOutcome = Pick<ActionResult, 'status' | 'message' | 'data' | 'summary'>;

/** An outcome without data, whose message says why. */
export function failedOutcome(message: string): ActionOutcome {
  return { status: 'failed', message, data: [], summary: {} };
}
