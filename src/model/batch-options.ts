/** How a batch is packed and how much of it runs at a time. */
export interface BatchOptions {
  /** Parameter sets a SOAR action_run takes. More spare calls and CPU, fewer show results sooner. */
  readonly itemsPerRun: number;
  /** action_runs of this batch that are in flight at a time. */
  readonly maxRunsInFlight: number;
  /** How often an item that fails inside a good run is run, the first time included. */
  readonly itemAttempts: number;
}

const BATCH_OPTION_DEFAULTS: BatchOptions = { itemsPerRun: 100, maxRunsInFlight: 10, itemAttempts: 1 };
export const MAX_ITEMS_PER_RUN = 1_000;
export const MAX_RUNS_IN_FLIGHT = 200;
export const MAX_ITEM_ATTEMPTS = 10;

/** Batches wait behind single actions: Temporal's priority keys go from 1, the most urgent, to 5; 3 is the default. */
export const BATCH_PRIORITY_KEY = 4;

/** Options as given: each may be absent. */
type GivenOptions = { readonly [K in keyof BatchOptions]?: number | undefined };

/** Fills in the defaults. The values have been checked by `contracts/enrich-batch.ts`. */
export function readBatchOptions(options: GivenOptions | null | undefined): BatchOptions {
  return {
    itemsPerRun: options?.itemsPerRun ?? BATCH_OPTION_DEFAULTS.itemsPerRun,
    maxRunsInFlight: options?.maxRunsInFlight ?? BATCH_OPTION_DEFAULTS.maxRunsInFlight,
    itemAttempts: options?.itemAttempts ?? BATCH_OPTION_DEFAULTS.itemAttempts,
  };
}
