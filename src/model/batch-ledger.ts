import type { BatchRun } from './batch-state.js';

/** What has become of a batch's items so far. */
export interface Ledger {
  readonly succeeded: number;
  readonly failed: number;
  readonly reused: number;
  readonly runs: readonly BatchRun[];
  readonly runsOmitted: number;
}

export const EMPTY_LEDGER: Ledger = { succeeded: 0, failed: 0, reused: 0, runs: [], runsOmitted: 0 };

/** Temporal carries this over and returns it at the end; the children have the rest. */
const MAX_RUNS = 1_000;

/** Enters a run that is over. */
export function enter(
  ledger: Ledger,
  run: BatchRun,
  counts: { readonly succeeded: number; readonly failed: number },
): Ledger {
  const hasRoom = ledger.runs.length < MAX_RUNS;
  return {
    succeeded: ledger.succeeded + counts.succeeded,
    failed: ledger.failed + counts.failed,
    reused: ledger.reused + (run.reused ? counts.succeeded : 0),
    runs: hasRoom ? [...ledger.runs, run] : ledger.runs,
    runsOmitted: ledger.runsOmitted + (hasRoom ? 0 : 1),
  };
}

/** The runs in the order their children were started. */
export function runsInOrder({ runs }: Ledger): BatchRun[] {
  return [...runs].sort((a, b) => childNumber(a) - childNumber(b));
}

function childNumber({ workflowId }: BatchRun): number {
  return Number(workflowId.slice(workflowId.lastIndexOf('/') + 1));
}
