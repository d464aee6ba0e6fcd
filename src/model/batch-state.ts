import { toRanges } from './batch-queue.js';
import type { Pack, PackOutcome } from './batch-queue.js';
import { SOAR_ERROR_CODES } from './error-codes.js';
import type { Outcome } from './run-state.js';

/** What a batch keeps of one action_run; `contracts/enrich-batch.ts` says what each field is. */
interface RunRecord {
  readonly workflowId: string;
  readonly items: readonly (readonly [first: number, count: number])[];
  readonly actionRunId: number | null;
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

/** How far a batch is; `contracts/enrich-batch.ts` says what each field is. */
interface Progress {
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
export function runRecord(workflowId: string, { places }: Pack, result: RunResult): RunRecord {
  const { outcome, actionRunId, appRuns } = result;
  const message = result.message.slice(0, MAX_MESSAGE_CHARACTERS);
  return { workflowId, items: toRanges(places), actionRunId, appRunIds: appRuns.map(({ id }) => id), outcome, message };
}

/** The record of a run whose workflow failed: SOAR refused it, say. */
export function brokenRecord(workflowId: string, { places }: Pack, reason: string): RunRecord {
  const message = reason.slice(0, MAX_MESSAGE_CHARACTERS);
  return { workflowId, items: toRanges(places), actionRunId: null, appRunIds: [], outcome: 'failed', message };
}

/** The batch's current details in the Temporal UI, in Markdown. */
export function describeBatch(action: string, progress: Progress): string {
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
