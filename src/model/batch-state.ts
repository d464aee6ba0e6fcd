import type { Outcome } from './run-state.js';

/** What a batch keeps of one action_run; `contracts/enrich-batch.ts` says what each field is. */
interface RunRecord {
  readonly workflowId: string;
  readonly firstItem: number;
  readonly items: number;
  readonly succeeded: number;
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
  readonly appRuns: readonly {
    readonly id: number;
    readonly resultsOmitted?: { readonly failures: readonly { readonly index: number }[] };
  }[];
}

interface BatchTotals {
  readonly total: number;
  readonly distinct: number;
  readonly runsPlanned: number;
}

interface BatchMoment {
  readonly runsInFlight: number;
  readonly cancelRequested: boolean;
}

type Progress = BatchTotals &
  BatchMoment & { readonly done: number; readonly succeeded: number; readonly failed: number };

const MAX_MESSAGE_CHARACTERS = 300;

/** The record of a run that came to its end. An item succeeded where no app_run says that it failed. */
export function finishedRun(workflowId: string, firstItem: number, items: number, result: RunResult): RunRecord {
  const failures = new Set(
    result.appRuns.flatMap(({ resultsOmitted }) => resultsOmitted?.failures.map(({ index }) => index) ?? []),
  );
  const succeeded = result.outcome === 'success' ? items - failures.size : 0;
  const { outcome, actionRunId } = result;
  const message = result.message.slice(0, MAX_MESSAGE_CHARACTERS);
  return {
    workflowId,
    firstItem,
    items,
    succeeded,
    actionRunId,
    appRunIds: result.appRuns.map(({ id }) => id),
    outcome,
    message,
  };
}

/** The record of a run whose workflow failed: SOAR refused it, say. */
export function brokenRun(workflowId: string, firstItem: number, items: number, reason: string): RunRecord {
  const message = reason.slice(0, MAX_MESSAGE_CHARACTERS);
  return { workflowId, firstItem, items, succeeded: 0, actionRunId: null, appRunIds: [], outcome: 'failed', message };
}

/** Counts what the runs have come to. */
export function batchProgress(totals: BatchTotals, runs: readonly RunRecord[], moment: BatchMoment): Progress {
  const done = runs.reduce((sum, { items }) => sum + items, 0);
  const succeeded = runs.reduce((sum, run) => sum + run.succeeded, 0);
  return { ...totals, ...moment, done, succeeded, failed: done - succeeded };
}

/** The batch's current details in the Temporal UI, in Markdown. */
export function describeBatch(action: string, progress: Progress): string {
  const { total, distinct, done, succeeded, failed, runsInFlight, runsPlanned, cancelRequested } = progress;
  const lines = [
    `**${action.replace(/[\\`*_[\]<>]/g, '\\$&')}** on ${total} items, ${distinct} of them different`,
    `${done} done: ${succeeded} succeeded, ${failed} failed`,
    `${runsInFlight} of ${runsPlanned} action_runs in flight`,
    ...(cancelRequested ? ['Cancel requested.'] : []),
  ];
  return lines.join('\n\n');
}
