import { jsonBytes } from '../../model/json.js';
import type { EnrichBatchResult } from '../../contracts/enrich-batch.js';
import type { BatchRun } from '../../model/batch/batch-progress.js';
import type { BatchOptions } from '../../model/options.js';
import type { CarriedItems } from './dedupe.js';
import type { CarriedQueue } from './queue.js';

/** What a batch hands to the next run of its workflow. */
export interface CarriedBatch {
  /** What tells this batch from others under its id: its children carry it, whatever run of the workflow started them. */
  readonly key: string;
  /** Address of the SOAR that takes the action. */
  readonly origin: string | null;
  readonly options: BatchOptions;
  readonly startTimeMs: number;
  readonly intake: CarriedItems;
  readonly queue: CarriedQueue;
  readonly ledger: Ledger;
  readonly childrenStarted: number;
  readonly closed: boolean;
  readonly paused: boolean;
  readonly maxRunsInFlight: number | null;
}

/** Where a batch begins: as if an earlier run had handed over nothing. */
export function beginning(
  given: Pick<CarriedBatch, 'key' | 'origin' | 'options' | 'startTimeMs'>,
  { items, streamed }: { readonly items?: unknown; readonly streamed?: boolean | null | undefined },
): CarriedBatch {
  return {
    ...given,
    intake: { total: 0, distinct: 0, seen: [] },
    queue: { fresh: { places: [], items: [] }, packs: [] },
    ledger: EMPTY_LEDGER,
    childrenStarted: 0,
    closed: !(streamed ?? (items === undefined || items === null)),
    paused: false,
    maxRunsInFlight: given.options.maxRunsInFlight ?? null,
  };
}

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

/** The result of a batch that is over: an item that was never run counts as failed. */
export function resultOf(
  { succeeded, reused, runs, runsOmitted }: Ledger,
  { isStopped, ...counts }: Pick<EnrichBatchResult, 'total' | 'distinct' | 'childrenStarted'> & { isStopped: boolean },
): EnrichBatchResult {
  const outcome = isStopped ? 'cancelled' : succeeded > 0 || counts.distinct === 0 ? 'success' : 'failed';
  const inOrder = [...runs].sort((a, b) => childNumber(a) - childNumber(b));
  return { outcome, ...counts, succeeded, failed: counts.distinct - succeeded, reused, runs: inOrder, runsOmitted };
}

function childNumber({ workflowId }: BatchRun): number {
  return Number(workflowId.slice(workflowId.lastIndexOf('/') + 1));
}
/** What Temporal tells a workflow of its history. */
export interface HistorySize {
  readonly historyLength: number;
  readonly historySize: number;
  readonly continueAsNewSuggested: boolean;
}

/** Temporal suggests continue-as-new at 4,096 events or 4 MiB; what is in flight must still fit below that. */
const LIMIT = { events: 4_000, bytes: 4_000_000 } as const;

/** What a child in flight still adds: its start and end, and the workflow tasks around them. */
const PER_CHILD = { events: 10, bytes: 24_000 } as const;

/** What a run of a workflow still adds to its history before it can end. */
export interface StillToCome {
  readonly childrenInFlight: number;
  /** What continue-as-new carries: the last event of the history repeats it. */
  readonly carriedBytes: number;
}

/** True when a run of a workflow must start nothing more, so that its history ends below Temporal's marks. */
export function mustLeave(history: HistorySize, { childrenInFlight, carriedBytes }: StillToCome): boolean {
  if (history.continueAsNewSuggested) return true;
  if (history.historyLength + childrenInFlight * PER_CHILD.events > LIMIT.events) return true;
  return history.historySize + childrenInFlight * PER_CHILD.bytes + carriedBytes > LIMIT.bytes;
}
