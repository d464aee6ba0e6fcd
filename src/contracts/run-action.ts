import { z } from 'zod';
import { MAX_INLINE_RESULT_BYTES, MAX_TIMEOUT_SECS } from '../model/run-options.js';
import type { ApprovalNotice, CancelAnswer, Outcome } from '../model/run-state.js';
import type { ActionResult } from './soar/action-result.js';
import type { ActionRun } from './soar/action-run.js';
import type { AppRun } from './soar/app-run.js';
import { checkWith } from './soar/check.js';

export type { RunActionRequest } from './soar/run-action-request.js';

/** Options of `runAction`; what each is for stands at `RunOptions`, with the defaults. */
export const runActionOptionsSchema = z.strictObject({
  whenUncertain: z.enum(['resubmit', 'ask'], { error: 'must be "resubmit" or "ask"' }).optional(),
  settleSecs: z.number({ error: 'must be a number of seconds' }).min(0).max(3_600).optional(),
  timeoutSecs: z.number({ error: 'must be a number of seconds' }).min(1).max(MAX_TIMEOUT_SECS).optional(),
  inlineResultBytes: z.int({ error: 'must be a number of bytes' }).min(0).max(MAX_INLINE_RESULT_BYTES).optional(),
  failUnlessSuccess: z.boolean({ error: 'must be true or false' }).optional(),
});

/** {@link runActionOptionsSchema} as a type. */
export type RunActionOptions = z.infer<typeof runActionOptionsSchema>;

/** Checks the options of a `runAction`; absent ones are fine. */
export const checkRunActionOptions = checkWith(runActionOptionsSchema.nullish());

/** SOAR's action_run in a result: as on the page, but `targets` is left out where it is large. */
export type ActionRunSummary = ActionRun & { readonly targetsOmitted?: true };

/** Results that stayed in SOAR: `GET /rest/app_run/<id>/action_result` has them. */
export interface ResultsOmitted {
  /** Action results of this app_run, and how many of them succeeded. */
  readonly count: number;
  readonly succeeded: number;
  /** The parameter sets that did not, by their place in the list; at most 1,000. */
  readonly failures: readonly { readonly index: number; readonly status: string; readonly message: string }[];
}

/** One app_run of a run, with its action results inline or a word on where they are. */
export type AppRunResult = AppRun & {
  readonly results?: readonly ActionResult[];
  readonly resultsOmitted?: ResultsOmitted;
};

/** A second run of the same submission: an earlier POST that arrived late. It was cancelled. */
export interface SurplusRun {
  readonly actionRunId: number;
  readonly cancel: CancelAnswer;
}

/** Result of `runAction`. */
export interface RunActionResult {
  readonly outcome: Outcome;
  /** SOAR's own message, or why there is none. */
  readonly message: string;
  /** `null` where SOAR never had the action. */
  readonly actionRunId: number | null;
  readonly actionRun: ActionRunSummary | null;
  readonly appRuns: readonly AppRunResult[];
  /** app_runs beyond those listed; SOAR has them. */
  readonly appRunsOmitted: number;
  /** Who was asked, and what became of it. */
  readonly approvals: readonly ApprovalNotice[];
  /** What SOAR said to a cancel, where there was one. */
  readonly cancel?: CancelAnswer;
  readonly surplusRuns: readonly SurplusRun[];
  /** How often the action was POSTed: 1 unless an answer was lost. */
  readonly submissions: number;
  /** How often its status was looked up. */
  readonly polls: number;
}
