/** All times that we wait, or wait between, unless a caller chooses them: those are in options.ts. In ms, if the name says so. */

/** Deadline of one HTTP request to SOAR, connect to last byte. */
export const REQUEST_TIMEOUT_MS = 10_000;

/** Deadline of each look at a run before it is cancelled. */
export const CANCEL_LOOK_MS = 3_000;

/** A group's POSTs: how many at a time, and until when a POST may begin. */
export const GROUP_SUBMIT = { concurrency: 25, beginWithinMs: 5_000 } as const;

/** Lifetimes of activity attempts; each is longer than the requests inside it. */
export const ACTIVITY_TIMEOUTS = {
  /** One POST. Until this has passed after its start, a killed worker's POST may still be on its way. */
  submitMs: REQUEST_TIMEOUT_MS + 3_000,
  /** The POSTs of a group. */
  submitGroupMs: GROUP_SUBMIT.beginWithinMs + REQUEST_TIMEOUT_MS + 3_000,
  /** Two looks at most, and the POST. */
  cancelMs: 2 * CANCEL_LOOK_MS + REQUEST_TIMEOUT_MS + 3_000,
  /** A burst of polls and one request that uses up its own deadline. */
  pollMs: 60_000,
  /** Longer than any run that people wait for: only its heartbeats tell whether a watch goes on. */
  watchMs: 30 * 24 * 3_600_000,
  /** Many pages. */
  readMs: 600_000,
  /** A worker that has not reported for this long is taken for dead, and its reads and polls go to another. */
  heartbeatMs: 6_000,
} as const;

/** The first look at a run and what is read of one that has ended at once: inside a workflow task, which takes in no signal. */
export const QUICK_READ_MS = 1_000;

/** How long that first look waits for the run's end. */
export const QUICK_LOOK_MS = 500;

/**
 * A watch, which is how a run is waited for after its burst. A killed worker's watches go on elsewhere when they have not
 * reported for `heartbeatMs`. A report costs Temporal a write, so a run that has lived for long is reported less often.
 */
export const WATCHES = {
  recent: { reportMs: 18_000, heartbeatMs: 45_000, totalMs: 120_000 },
  old: { reportMs: 80_000, heartbeatMs: 170_000, totalMs: Infinity },
} as const;

/** How often a watched run is looked at: more and more seldom, and no later than every 4 s. */
const WATCH_INTERVAL = { firstMs: 1_000, factor: 1.2, maxMs: 4_000 } as const;

/**
 * While a run is watched, who is asked is looked up again whenever the watch has doubled its age: not before `knownMs` where
 * somebody is known to be asked, and no later than `maxMs` after the last look-up.
 */
export const APPROVAL_LOOKUPS = { minMs: 5_000, knownMs: 60_000, maxMs: 600_000 } as const;

/** How often a read or poll reports; Temporal throttles it further. */
export const HEARTBEAT_INTERVAL_MS = 1_500;

/** The burst at the start: quick actions are seen to end within a fraction of a second. */
export const BURST = { firstIntervalMs: 50, factor: 2, maxIntervalMs: 500, totalMs: 5_000 } as const;

/** A group is looked at less often: each look is a page of runs. */
export const GROUP_BURST = { firstIntervalMs: 100, factor: 2, maxIntervalMs: 500, totalMs: 5_000 } as const;

/** Once a run of a group has ended, others that end soon are fetched together with it: looked for how often, and how long. */
export const GROUP_COHORT = { intervalMs: 150, totalMs: 450 } as const;

/** Where a worker can watch no more runs, Temporal's retry backoff brings each next poll, at last once a minute. */
export const POLL_BACKOFF = { initialIntervalMs: 1_000, backoffCoefficient: 1.2, maximumIntervalMs: 60_000 } as const;

/** A run that is pending for this long after it was due is looked up among the approvals. */
export const APPROVAL_LOOKUP_AFTER_MS = 1_000;

/** How long SOAR may answer 404 for a run it has just queued before the run is given up as missing. */
export const MISSING_RUN_GRACE_MS = 30_000;

/** How often a run whose number is another's now is looked for by its mark, within the grace time. */
export const LOOK_FOR_RUN_EVERY_MS = 5_000;

/** For how long a status that nobody knows must be seen: until a `close_time` counts as the end, and until it is said. */
export const UNKNOWN_STATUS = { closedAfterMs: 5_000, saidAfterMs: 30_000 } as const;

/** The pause before look `n` (from 0) of a watch, in ms. */
export function watchIntervalMs(n: number): number {
  return Math.min(WATCH_INTERVAL.firstMs * WATCH_INTERVAL.factor ** n, WATCH_INTERVAL.maxMs);
}

/** The pause before poll `n` (from 0) of a burst, in ms. */
export function burstIntervalMs(n: number, burst: typeof BURST | typeof GROUP_BURST = BURST): number {
  return Math.min(burst.firstIntervalMs * burst.factor ** n, burst.maxIntervalMs);
}

/** How long SOAR may deny a look-up that can be done without, before it is done without. */
export const OPTIONAL_LOOK_UP_MS = 30_000;

/** How long results that are missing or cannot be read are read again, before the result says so. */
export const INCOMPLETE_AFTER_MS = 30_000;

/** How long SOAR itself may say that the results are not for us, before the result says so. */
export const DENIED_RESULTS_AFTER_MS = 600_000;
