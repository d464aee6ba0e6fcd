import type { CarriedIntake } from './batch-intake.js';
import { EMPTY_LEDGER } from './batch-ledger.js';
import type { Ledger } from './batch-ledger.js';
import type { BatchOptions } from './batch-options.js';
import type { CarriedQueue } from './batch-queue.js';

/** What a batch hands to the next run of its workflow. */
export interface CarriedBatch {
  readonly startTimeMs: number;
  readonly intake: CarriedIntake;
  readonly queue: CarriedQueue;
  readonly ledger: Ledger;
  readonly childrenStarted: number;
  readonly closed: boolean;
  readonly paused: boolean;
  readonly maxRunsInFlight: number | null;
}

/** Where a batch begins: as if an earlier run had handed over nothing. */
export function beginning(
  startTimeMs: number,
  { items, streamed }: { readonly items?: unknown; readonly streamed?: boolean | undefined },
  { maxRunsInFlight }: BatchOptions,
): CarriedBatch {
  return {
    startTimeMs,
    intake: { total: 0, distinct: 0, seen: [] },
    queue: { fresh: { places: [], items: [] }, packs: [] },
    ledger: EMPTY_LEDGER,
    childrenStarted: 0,
    closed: !(streamed ?? items === undefined),
    paused: false,
    maxRunsInFlight: maxRunsInFlight ?? null,
  };
}
