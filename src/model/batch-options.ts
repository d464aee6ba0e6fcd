/** How a batch is packed and how much of it runs at a time. */
export interface BatchOptions {
  /** Parameter sets a SOAR action_run takes. More spare calls and CPU, fewer show results sooner. */
  readonly itemsPerRun: number;
  /**
   * action_runs of this batch that are in flight at a time. By default as many as hold ten full packs, and at least 1,000
   * items: 10 runs of 100, or 1,000 runs of one.
   */
  readonly maxRunsInFlight: number | undefined;
  /** How often an item that fails inside a good run is run, the first time included. */
  readonly itemAttempts: number;
  /** Take an item's result from a run that the same action, asset and parameters had within this time. `undefined`: never. */
  readonly reuseWithinSecs: number | undefined;
}

const BATCH_OPTION_DEFAULTS: BatchOptions = {
  itemsPerRun: 100,
  maxRunsInFlight: undefined,
  itemAttempts: 1,
  reuseWithinSecs: undefined,
};
export const MAX_ITEMS_PER_RUN = 1_000;
export const MAX_RUNS_IN_FLIGHT = 1_000;
export const MAX_ITEM_ATTEMPTS = 10;
export const MAX_REUSE_WITHIN_SECS = 365 * 86_400;

/** A batch's items that come with its input, as JSON; more are streamed. Continue-as-new must carry what is left of them. */
export const MAX_INLINE_ITEMS_BYTES = 1_200_000;

/** Batches wait behind single actions: Temporal's priority keys go from 1, the most urgent, to 5; 3 is the default. */
export const BATCH_PRIORITY_KEY = 4;

/** Options of any shape: the refusal of wrong ones comes from an activity, and a workflow must not throw before it. */
export function readBatchOptions(options: unknown): BatchOptions {
  const given: object = typeof options === 'object' && options !== null ? options : {};
  const read = (name: keyof BatchOptions): number | undefined => {
    const value: unknown = Object.entries(given).find(([key]) => key === name)?.[1];
    return typeof value === 'number' && value >= 1 ? value : BATCH_OPTION_DEFAULTS[name];
  };
  return {
    itemsPerRun: read('itemsPerRun') ?? BATCH_OPTION_DEFAULTS.itemsPerRun,
    maxRunsInFlight: read('maxRunsInFlight'),
    itemAttempts: read('itemAttempts') ?? BATCH_OPTION_DEFAULTS.itemAttempts,
    reuseWithinSecs: read('reuseWithinSecs'),
  };
}
