import { proxyActivities, proxyLocalActivities, workflowInfo } from '@temporalio/workflow';
import type { ActivityInterfaceFor, ActivityOptions } from '@temporalio/workflow';
import type { SoarActivities } from '../../activities/index.js';
import { fairPriority } from '../../model/options.js';
import { cutToBytes, MAX_SUMMARY_BYTES } from '../../model/text.js';
import { ACTIVITY_TIMEOUTS, POLL_BACKOFF, QUICK_READ_MS, WATCHES } from '../../model/timeouts-and-intervals.js';

/** The activities as a workflow calls them. */
export type Proxy = ActivityInterfaceFor<SoarActivities>;

const POLL_RETRY = {
  initialInterval: POLL_BACKOFF.initialIntervalMs,
  backoffCoefficient: POLL_BACKOFF.backoffCoefficient,
  maximumInterval: POLL_BACKOFF.maximumIntervalMs,
};

// The documented default of cancellationType is not the real one (TRY_CANCEL), so each kind says what it means.
const KINDS = {
  /**
   * The POST that creates a run. A timeout is not retried by Temporal but comes back to the workflow, which looks in SOAR
   * first; `TemporalTimeout:` is the server's own prefix for timeouts in this list.
   */
  submit: {
    startToCloseTimeout: ACTIVITY_TIMEOUTS.submitMs,
    retry: { initialInterval: '1s', maximumInterval: '1m', nonRetryableErrorTypes: ['TemporalTimeout:StartToClose'] },
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  },
  /** The POSTs of a group: a killed attempt leaves them uncertain, as above. */
  submitGroup: {
    startToCloseTimeout: ACTIVITY_TIMEOUTS.submitGroupMs,
    retry: { initialInterval: '1s', maximumInterval: '1m', nonRetryableErrorTypes: ['TemporalTimeout:StartToClose'] },
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  },
  /** A few GETs: harmless to abandon, so a cancel does not wait for them. */
  read: {
    startToCloseTimeout: ACTIVITY_TIMEOUTS.readMs,
    heartbeatTimeout: ACTIVITY_TIMEOUTS.heartbeatMs,
    retry: { initialInterval: '1s', maximumInterval: '1m' },
    cancellationType: 'TRY_CANCEL',
  },
  /** A burst, or waiting by failing benignly: Temporal's backoff is the poll interval. */
  poll: {
    startToCloseTimeout: ACTIVITY_TIMEOUTS.pollMs,
    heartbeatTimeout: ACTIVITY_TIMEOUTS.heartbeatMs,
    retry: POLL_RETRY,
    cancellationType: 'TRY_CANCEL',
  },
  /** Watches stay for as long as the run lives; a worker that dies is missed by its heartbeats. */
  watchRecent: watchOf('recent'),
  watchOld: watchOf('old'),
  /** The POST that cancels a run: sent again until SOAR has answered. */
  cancel: {
    startToCloseTimeout: ACTIVITY_TIMEOUTS.cancelMs,
    retry: { initialInterval: '500ms', maximumInterval: '5s' },
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  },
} as const satisfies Record<string, ActivityOptions>;

function watchOf(age: keyof typeof WATCHES) {
  return {
    startToCloseTimeout: ACTIVITY_TIMEOUTS.watchMs,
    heartbeatTimeout: WATCHES[age].heartbeatMs,
    retry: POLL_RETRY,
    cancellationType: 'TRY_CANCEL',
  } as const;
}

/** Options of {@link persist}'s waits. */
export type Waiting = 'poll' | 'watchRecent' | 'watchOld';

/** The activities as a workflow calls them: `soar('read', 'what the UI shows').fetchAppRuns(…)`. */
export function soar(kind: keyof typeof KINDS, summary: string, maximumAttempts?: number): Proxy {
  const options: ActivityOptions = { ...KINDS[kind], summary: cutToBytes(summary, MAX_SUMMARY_BYTES) };
  const retry = { ...KINDS[kind].retry, ...(maximumAttempts === undefined ? {} : { maximumAttempts }) };
  const priority = fairPriority(workflowInfo().priority?.priorityKey);
  return proxyActivities<SoarActivities>({ ...options, retry, ...(priority ? { priority } : {}) });
}

/** The checks of an input, inside the workflow task at hand. */
export const validation = proxyLocalActivities<Pick<SoarActivities, 'validateRun' | 'validateReadRows'>>({
  startToCloseTimeout: '10s',
});

/** One try of an activity inside the workflow task at hand: that takes in no signal meanwhile, so the try is short. */
export function inThisTask(summary: string): Proxy {
  return proxyLocalActivities<SoarActivities>({
    startToCloseTimeout: QUICK_READ_MS,
    retry: { maximumAttempts: 1 },
    cancellationType: 'TRY_CANCEL',
    summary: cutToBytes(summary, MAX_SUMMARY_BYTES),
  });
}
