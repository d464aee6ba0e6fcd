/** When a run's status is looked up. Detection lags by a bounded share of the time already waited. */

/** The burst at the start: quick actions are seen to end within a fraction of a second. */
export const BURST = { firstIntervalMs: 50, factor: 2, maxIntervalMs: 500, totalMs: 5_000 } as const;

/** A group is looked at less often: each look is a page of runs. */
export const GROUP_BURST = { firstIntervalMs: 100, factor: 2, maxIntervalMs: 500, totalMs: 5_000 } as const;

/** Once a run of a group has ended, others that end soon are fetched together with it: looked for how often, and how long. */
export const GROUP_COHORT = { intervalMs: 150, totalMs: 450 } as const;

/** After the burst Temporal's retry backoff brings each next poll: at most a fifth of the elapsed time late, a minute at the most. */
export const POLL_BACKOFF = { initialIntervalMs: 1_000, backoffCoefficient: 1.2, maximumIntervalMs: 60_000 } as const;

/** A run that is pending for this long after it was due is looked up among the approvals. */
export const APPROVAL_LOOKUP_AFTER_MS = 1_000;

/** How long SOAR may answer 404 for a run it has just queued before the run is given up as missing. */
export const MISSING_RUN_GRACE_MS = 30_000;

/** The pause before poll `n` (from 0) of a burst, in ms. */
export function burstIntervalMs(n: number, burst: typeof BURST | typeof GROUP_BURST = BURST): number {
  return Math.min(burst.firstIntervalMs * burst.factor ** n, burst.maxIntervalMs);
}
