/**
 * The names other systems address us by. They are a public contract: a caller in Go or Python, the Temporal CLI and the
 * recorded histories all hold on to them.
 */

/** Task queue of the worker unless `TEMPORAL_TASK_QUEUE` says otherwise. */
export const DEFAULT_TASK_QUEUE = 'soar-runner';

/** Workflow types; `runActionGroup` is started by `enrichBatch` alone. */
export const WORKFLOW_TYPES = {
  runAction: 'runAction',
  enrichBatch: 'enrichBatch',
  runActionGroup: 'runActionGroup',
} as const;

/** Queries: `status` on `runAction`, `progress` on `enrichBatch`. */
export const QUERIES = { status: 'status', progress: 'progress' } as const;

/** Signals: `cancel` on both; `pause` and `resume` on `enrichBatch`. */
export const SIGNALS = { cancel: 'cancel', pause: 'pause', resume: 'resume' } as const;

/** Updates: `requestCancel` and `resolveSubmission` of `runAction`; `addItems`, `close` and `setMaxRunsInFlight` of `enrichBatch`. */
export const UPDATES = {
  requestCancel: 'requestCancel',
  resolveSubmission: 'resolveSubmission',
  addItems: 'addItems',
  close: 'close',
  setMaxRunsInFlight: 'setMaxRunsInFlight',
} as const;

/** Types of the failures a workflow of ours can end with, beside the codes of a SOAR call. */
export const FAILURE_TYPES = {
  /** `runAction` with `failUnlessSuccess`: the run ended otherwise; the result is in the details. */
  actionRunNotSuccessful: 'ActionRunNotSuccessful',
  /** Benign and retried by Temporal: the run has not ended, the next poll is in the backoff. */
  actionRunPending: 'ActionRunPending',
  /** The POST may or may not have reached SOAR: the workflow looks before anything is sent again. */
  submissionUncertain: 'SubmissionUncertain',
  /** Benign and retried by Temporal: nothing else with our tag has turned up. */
  noSurplus: 'NoSurplusRun',
  /** Update `addItems`: the page is not as it must be; nothing of it was taken. */
  invalidItems: 'InvalidItems',
  /** Update `addItems`: no more items can come, because the batch is closed or cancelled. */
  batchClosed: 'BatchClosed',
  /** Update `addItems`: nothing of the page was taken; the same page will be a little later. */
  tryAgain: 'TryAgain',
} as const;
