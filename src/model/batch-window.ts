import { RUNS_PER_GROUP } from './batch-queue.js';

/** What is in flight. */
export interface InFlight {
  readonly runs: number;
  readonly items: number;
}

const MIN_ITEMS = 1_000;
const MIN_FULL_RUNS = 10;

/**
 * How many more action_runs may start. Without a number of the caller's the window counts items, because a run of one item
 * asks as much of SOAR as a hundredth of a full one.
 */
export function roomFor({ runs, items }: InFlight, itemsPerRun: number, maxRunsInFlight: number | undefined): number {
  if (maxRunsInFlight !== undefined) return Math.max(0, maxRunsInFlight - runs);
  const maxItems = Math.max(MIN_ITEMS, MIN_FULL_RUNS * itemsPerRun);
  return items < maxItems ? Math.min(RUNS_PER_GROUP, maxItems - items) : 0;
}
