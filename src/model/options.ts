/** What a caller may set for one `runAction` and for one `enrichBatch`, with the defaults and limits as data. */

/** What to do when a POST may or may not have reached SOAR and nothing with our tag turns up. */
export type WhenUncertain = 'resubmit' | 'ask';

/** The options of a `runAction` with every default filled in. */
export interface RunOptions {
  /** `undefined` means: ask for `contain` and `correct` actions, submit again for the rest. */
  readonly whenUncertain: WhenUncertain | undefined;
  /** Seconds from a POST's own timeout until it can no longer arrive at SOAR. */
  readonly settleSecs: number;
  /**
   * Seconds for which an answer to the POST that is no word about this action (401, 403, a redirect, a proxy's page) is waited
   * out; then the workflow fails with that answer's code. A batch waits as long as it takes.
   */
  readonly submitPatienceSecs: number;
  /** Deadline in seconds, counted after `exec_delay_secs`; `undefined` means none. */
  readonly timeoutSecs: number | undefined;
  /** How many bytes of action results come back inline; what does not fit stays in SOAR, by reference. */
  readonly inlineResultBytes: number;
  /** True: any outcome but `success` fails the workflow, with the result in the failure's details. */
  readonly failUnlessSuccess: boolean;
}

export const RUN_OPTION_DEFAULTS: RunOptions = {
  whenUncertain: undefined,
  settleSecs: 10,
  submitPatienceSecs: 60,
  timeoutSecs: undefined,
  inlineResultBytes: 256 * 1024,
  failUnlessSuccess: false,
};

/** The most `inlineResultBytes` may be: with everything around it a result stays below Temporal's 2 MiB for a payload. */
export const MAX_INLINE_RESULT_BYTES = 1024 * 1024;

const YEAR_SECS = 365 * 86_400;

/** The longest deadline, and the longest `exec_delay_secs`. */
export const MAX_TIMEOUT_SECS = 10 * YEAR_SECS;
export const MAX_DELAY_SECS = 10 * YEAR_SECS;

/** The longest `settleSecs`: an hour. */
export const MAX_SETTLE_SECS = 3_600;

/** The largest request, as JSON: an activity is given it with the options and the tag, in one payload of at most 2 MiB. */
export const MAX_REQUEST_BYTES = 1_800_000;

/** Far more than any options take; with the largest request it still is one payload. */
export const MAX_OPTIONS_BYTES = 100_000;

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
  /** Options of each run. */
  readonly run: Pick<RunOptions, 'settleSecs' | 'timeoutSecs' | 'whenUncertain'>;
}

export const BATCH_OPTION_DEFAULTS: BatchOptions = {
  itemsPerRun: 100,
  maxRunsInFlight: undefined,
  itemAttempts: 1,
  reuseWithinSecs: undefined,
  run: { settleSecs: RUN_OPTION_DEFAULTS.settleSecs, timeoutSecs: undefined, whenUncertain: undefined },
};
export const MAX_ITEMS_PER_RUN = 1_000;
export const MAX_RUNS_IN_FLIGHT = 1_000;
export const MAX_ITEM_ATTEMPTS = 10;
export const MAX_REUSE_WITHIN_SECS = YEAR_SECS;

/** A batch's items that come with its input, as JSON; more are streamed. Continue-as-new must carry what is left of them. */
export const MAX_INLINE_ITEMS_BYTES = 1_200_000;

/** Batches wait behind single actions: Temporal's priority keys go from 1, the most urgent, to 5; 3 is the default. */
export const BATCH_PRIORITY_KEY = 4;

/** Temporal's own default: single actions run at it, batches below it. */
const DEFAULT_PRIORITY_KEY = 3;

/** True for what somebody waits for; a batch's runs can wait. */
export function isUrgentPriority(priorityKey: number | undefined): boolean {
  return (priorityKey ?? DEFAULT_PRIORITY_KEY) <= DEFAULT_PRIORITY_KEY;
}

/** The priority of a workflow's activities, where its own would put them before everybody else's. */
export function fairPriority(priorityKey: number | undefined): { readonly priorityKey: number } | undefined {
  return (priorityKey ?? DEFAULT_PRIORITY_KEY) < DEFAULT_PRIORITY_KEY
    ? { priorityKey: DEFAULT_PRIORITY_KEY }
    : undefined;
}

const CHANGES_SOMETHING = /^(contain|correct)/i;

/** True for the types of actions that change something outside SOAR. On a request the type is free text: `containment` counts too. */
export function changesSomething(type: string): boolean {
  return CHANGES_SOMETHING.test(type);
}

/** What is known of an action before SOAR is asked. */
export interface KnownAction {
  /** The caller's own decision. */
  readonly whenUncertain: WhenUncertain | undefined;
  /** The request's, unchecked: free text, as `investigate` or `containment`. */
  readonly type: unknown;
}

/**
 * Whether an action that may have been run may be run again without asking a person: the caller's word counts first, then the
 * request's type, then the type that SOAR's apps declare. An action of which nobody knows the type may change something.
 *
 * @param declared asks SOAR for the type; `null` if it does not say. Called only if nothing else decides
 */
export async function mayRunAgain(
  { whenUncertain, type }: KnownAction,
  declared: () => Promise<string | null>,
): Promise<boolean> {
  if (whenUncertain) return whenUncertain === 'resubmit';
  const known = typeof type === 'string' ? type : await declared();
  return known !== null && !changesSomething(known);
}

/** Temporal's own limit, in bytes. */
export const MAX_WORKFLOW_ID_BYTES = 1_000;

/** The longest id of a batch: its children are `<batch>/<number>`. */
export const MAX_BATCH_ID_BYTES = MAX_WORKFLOW_ID_BYTES - 10;
