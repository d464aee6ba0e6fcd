import type { BatchRun } from './batch-state.js';
import { jsonBytes } from './text.js';

/** What has become of a batch's items so far. */
export interface Ledger {
  readonly succeeded: number;
  readonly failed: number;
  readonly reused: number;
  readonly runs: readonly BatchRun[];
  /** Size of `runs` as JSON. */
  readonly runsBytes: number;
  readonly runsOmitted: number;
}

export const EMPTY_LEDGER: Ledger = { succeeded: 0, failed: 0, reused: 0, runs: [], runsBytes: 0, runsOmitted: 0 };

/** Continue-as-new carries them and the result returns them; the children have the rest. */
const MAX_RUNS = 1_000;
const MAX_RUNS_BYTES = 300_000;

/** Enters a run that is over. */
export function enter(
  ledger: Ledger,
  run: BatchRun,
  counts: { readonly succeeded: number; readonly failed: number },
): Ledger {
  const bytes = jsonBytes(run);
  const hasRoom = ledger.runs.length < MAX_RUNS && ledger.runsBytes + bytes <= MAX_RUNS_BYTES;
  return {
    succeeded: ledger.succeeded + counts.succeeded,
    failed: ledger.failed + counts.failed,
    reused: ledger.reused + (run.reused ? counts.succeeded : 0),
    runs: hasRoom ? [...ledger.runs, run] : ledger.runs,
    runsBytes: ledger.runsBytes + (hasRoom ? bytes : 0),
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
