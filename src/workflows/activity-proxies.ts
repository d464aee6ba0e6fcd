import { proxyActivities } from '@temporalio/workflow';
import type { ActivityInterfaceFor, ActivityOptions } from '@temporalio/workflow';
import type { SoarActivities } from '../activities/index.js';
import { POLL_BACKOFF } from '../model/poll-policy.js';
import { ACTIVITY_TIMEOUTS } from '../model/timeouts.js';

type Proxy = ActivityInterfaceFor<SoarActivities>;

const POLLING_RETRY = {
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
  /** Waits by failing benignly: Temporal's backoff is the poll interval. */
  poll: {
    startToCloseTimeout: ACTIVITY_TIMEOUTS.pollMs,
    heartbeatTimeout: ACTIVITY_TIMEOUTS.heartbeatMs,
    retry: POLLING_RETRY,
    cancellationType: 'TRY_CANCEL',
  },
  /** The POST that cancels a run: sent again until SOAR has answered. */
  cancel: {
    startToCloseTimeout: ACTIVITY_TIMEOUTS.cancelMs,
    retry: { initialInterval: '500ms', maximumInterval: '30s' },
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  },
} as const satisfies Record<string, ActivityOptions>;

/** Temporal takes summaries of up to 200 bytes, and fails the workflow task over a longer one. */
const MAX_SUMMARY_CHARACTERS = 64;

/** The activities as a workflow calls them: `soar('read', 'what the UI shows').fetchAppRuns(…)`. */
export function soar(kind: keyof typeof KINDS, summary: string): Proxy {
  return proxyActivities<SoarActivities>({ ...KINDS[kind], summary: summary.slice(0, MAX_SUMMARY_CHARACTERS) });
}
