/** Deadlines that the worker and the workflows must agree on, in ms. */

/** Deadline of one HTTP request to SOAR, connect to last byte. */
export const REQUEST_TIMEOUT_MS = 10_000;

/** A group's POSTs: how many at a time, and until when a POST may begin. */
export const GROUP_SUBMIT = { concurrency: 25, beginWithinMs: 5_000 } as const;

/** Lifetimes of activity attempts; each is longer than the requests inside it. */
export const ACTIVITY_TIMEOUTS = {
  /** One POST. Until this has passed after its start, a killed worker's POST may still be on its way. */
  submitMs: REQUEST_TIMEOUT_MS + 3_000,
  /** The POSTs of a group. */
  submitGroupMs: GROUP_SUBMIT.beginWithinMs + REQUEST_TIMEOUT_MS + 3_000,
  cancelMs: REQUEST_TIMEOUT_MS + 3_000,
  /** A burst of polls and one request that uses up its own deadline. */
  pollMs: 60_000,
  /** Many pages. */
  readMs: 600_000,
  /** A worker that has not reported for this long is taken for dead, and its reads and polls go to another. */
  heartbeatMs: 6_000,
} as const;

/** How often a read or poll reports; Temporal throttles it further. */
export const HEARTBEAT_INTERVAL_MS = 1_500;

/** How long a stopped run is followed until SOAR has ended it. */
export const CANCEL_GRACE_MS = 300_000;
