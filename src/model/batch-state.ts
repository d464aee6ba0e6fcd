import { toRanges } from './batch-queue.js';
import type { Pack, PackOutcome } from './batch-queue.js';
import { SOAR_ERROR_CODES } from './error-codes.js';
import type { Outcome } from './run-state.js';

/** One action_run of a batch and what became of its items: where the rows are. */
export interface BatchRun {
  /** Workflow id of the `runAction` that saw it through. */
  readonly workflowId: string;
  /** Its items as pairs of first place and count, among the distinct items in the order of their first appearance. */
  readonly items: readonly (readonly [first: number, count: number])[];
  /** `null` where SOAR never had the action. */
  readonly actionRunId: number | null;
  /** Their results: `GET /rest/app_run/<id>/action_result`. */
  readonly appRunIds: readonly number[];
  readonly outcome: Outcome;
  readonly message: string;
}

/** The part of a `runAction` result that a batch needs. */
interface RunResult {
  readonly outcome: Outcome;
  readonly message: string;
  readonly actionRunId: number | null;
  readonly actionRun: object | null;
  readonly appRuns: readonly {
    readonly id: number;
    readonly resultsOmitted?: { readonly count: number; readonly failures: readonly { readonly index: number }[] };
  }[];
}

/** The answer of query `progress`: item counts, over distinct items. */
export interface BatchProgress {
  /** Items as given, duplicates included. */
  readonly total: number;
  readonly distinct: number;
  readonly done: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly runsWaiting: number;
  readonly runsInFlight: number;
  readonly paused: boolean;
  readonly cancelRequested: boolean;
}

/** Before the first look at the items. */
export const NO_PROGRESS: BatchProgress = {
  total: 0,
  distinct: 0,
  done: 0,
  succeeded: 0,
  failed: 0,
  runsWaiting: 0,
  runsInFlight: 0,
  paused: false,
  cancelRequested: false,
};

const MAX_MESSAGE_CHARACTERS = 300;

/**
 * What a run that came to its end says of its items. An item succeeded where no app_run says that it failed. A run that
 * failed as a whole is tried again only where it certainly ran nothing, or where running twice changes nothing.
 */
export function outcomeOfRun(result: RunResult, isRepeatable: boolean): PackOutcome {
  const accounts = result.appRuns.flatMap(({ resultsOmitted }) => resultsOmitted ?? []);
  const failures = new Set(accounts.flatMap((account) => account.failures.map(({ index }) => index)));
  if (result.outcome === 'success') return { ranItems: true, failures, mayRetry: true };
  const ranItems = accounts.some(({ count }) => count > 0);
  const ranNothing = result.actionRun !== null && result.appRuns.length === 0;
  return { ranItems, failures, mayRetry: result.outcome === 'failed' && (ranItems || ranNothing || isRepeatable) };
}

/** Refusals of a POST that may be about an item. */
const ABOUT_ITEMS: ReadonlySet<string> = new Set([
  SOAR_ERROR_CODES.INVALID_REQUEST,
  SOAR_ERROR_CODES.BAD_REQUEST,
  SOAR_ERROR_CODES.FAILED,
]);

/** What a failed `runAction` says of its items: `refusal` is the code SOAR refused its POST with; any other may have run them. */
export function outcomeOfFailure(refusal: string | undefined): PackOutcome {
  return { ranItems: false, failures: new Set(), mayRetry: refusal !== undefined && ABOUT_ITEMS.has(refusal) };
}

/** The record of a run that came to its end. */
export function runRecord(workflowId: string, { places }: Pack, result: RunResult): BatchRun {
  const { outcome, actionRunId, appRuns } = result;
  const message = result.message.slice(0, MAX_MESSAGE_CHARACTERS);
  return { workflowId, items: toRanges(places), actionRunId, appRunIds: appRuns.map(({ id }) => id), outcome, message };
}

/** The record of a run whose workflow failed: SOAR refused it, say. */
export function brokenRecord(workflowId: string, { places }: Pack, reason: string): BatchRun {
  const message = reason.slice(0, MAX_MESSAGE_CHARACTERS);
  return { workflowId, items: toRanges(places), actionRunId: null, appRunIds: [], outcome: 'failed', message };
}

/** The batch's current details in the Temporal UI, in Markdown. */
export function describeBatch(action: string, progress: BatchProgress): string {
  const { total, distinct, done, succeeded, failed, runsInFlight, runsWaiting } = progress;
  const lines = [
    `**${action.replace(/[\\`*_[\]<>]/g, '\\$&')}** on ${total} items, ${distinct} of them different`,
    `${done} done: ${succeeded} succeeded, ${failed} failed`,
    `${runsInFlight} action_runs in flight, ${runsWaiting} waiting`,
    ...(progress.paused ? ['Paused: signal `resume` goes on.'] : []),
    ...(progress.cancelRequested ? ['Cancel requested.'] : []),
  ];
  return lines.join('\n\n');
}
