/**
 * The names other systems address us by. They are a public contract: a caller in Go or Python, the Temporal CLI and the
 * recorded histories all hold on to them.
 *
 * What a workflow answers to is set up at the top of its file: run/run-action.ts, batch/enrich-batch.ts (with batch/handlers.ts)
 * and group/run-action-group.ts. What its status says is in model/run-state.ts and model/batch/batch-progress.ts, its search
 * attributes in model/search-attributes.ts, its JSON Schemas in contracts/schemas.ts.
 */

/** Task queue of the worker unless `TEMPORAL_TASK_QUEUE` says otherwise. */
export const DEFAULT_TASK_QUEUE = 'soar-runner';

/** Workflow types; `readRows` reads, `runActionGroup` is started by `enrichBatch` alone, `cancelOrphan` by the workers. */
export const WORKFLOW_TYPES = {
  runAction: 'runAction',
  enrichBatch: 'enrichBatch',
  readRows: 'readRows',
  runActionGroup: 'runActionGroup',
  cancelOrphan: 'cancelOrphan',
} as const;

/**
 * Queries: `status` on `runAction` and `runActionGroup`, `progress` on `enrichBatch`; `rowsReady` is what `readRows` asks a batch.
 * `result` on `runAction` and `enrichBatch`: Temporal keeps no result of a workflow that its own cancellation has ended.
 */
export const QUERIES = { status: 'status', progress: 'progress', rowsReady: 'rowsReady', result: 'result' } as const;

/** Signals: `cancel` on `runAction`, `runActionGroup` and `enrichBatch`; `pause` and `resume` on `enrichBatch`. */
export const SIGNALS = { cancel: 'cancel', pause: 'pause', resume: 'resume' } as const;

/**
 * Updates: `requestCancel` and `resolveSubmission` of `runAction`, `stopWatching` of that and `runActionGroup`; `addItems`, `close`
 * and `setMaxRunsInFlight` of `enrichBatch`.
 */
export const UPDATES = {
  requestCancel: 'requestCancel',
  resolveSubmission: 'resolveSubmission',
  stopWatching: 'stopWatching',
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
  /** The workflow's own timeout came before SOAR had ended the run, which was cancelled; its id is in the details. */
  actionRunNotEnded: 'ActionRunNotEnded',
  /** Benign and retried by Temporal: a list moved under the reader and is read again. */
  incompleteList: 'IncompleteList',
  /** Update `resolveSubmission`: not a decision, or nothing is to be decided. */
  invalidResolution: 'InvalidResolution',
  /** Update `stopWatching`: no reason is given, or nothing has been submitted that could be watched. */
  invalidStopWatching: 'InvalidStopWatching',
  /** Update `setMaxRunsInFlight`: not a number in range. */
  invalidMaxRunsInFlight: 'InvalidMaxRunsInFlight',
  /** `readRows`: the id names no workflow, or one that has no rows. */
  rowsNotReadable: 'RowsNotReadable',
  /** The workflow type is none of ours. */
  unknownWorkflowType: 'UnknownWorkflowType',
  /** A query or an update of a name that the workflow does not have. */
  unknownName: 'UnknownName',
  /** Update `addItems`: the page is not as it must be; nothing of it was taken. */
  invalidItems: 'InvalidItems',
  /** Update `addItems`: no more items can come, because the batch is closed or cancelled. */
  batchClosed: 'BatchClosed',
  /** Update `addItems`: nothing of the page was taken; the same page will be a little later. */
  tryAgain: 'TryAgain',
} as const;

/** True for the id of a child of ours: it is below its parent's. */
export function isBelow(workflowId: string, parentId: string | null | undefined): boolean {
  return typeof parentId === 'string' && workflowId.startsWith(`${parentId}/`);
}

/** A text as Temporal's list filter reads it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
