/**
 * What a Node program that triggers SOAR actions imports.
 *
 * @example
 * const runner = createSoarRunnerClient(new Client({ connection: await Connection.connect() }));
 * const run = await runner.runAction('incident-42/geolocate', { action: 'geolocate ip', container_id: 42, name: 'where is it',
 *   targets: [{ app_id: 161, assets: ['maxmind'], parameters: [{ ip: '8.8.8.8' }] }] });
 * const { outcome, appRuns } = await run.result();
 * @module
 */
export { IdempotencyConflict } from './client/start-once.js';
export { createSoarRunnerClient, SoarRunner } from './client/soar-runner.js';
export type { BatchRequest, ListedWorkflow, SoarRunnerOptions } from './client/soar-runner.js';
export {
  ActionNotSuccessful,
  InvalidInput,
  NoSuchWorkflow,
  NoWorker,
  SoarRefused,
  SoarRunnerError,
  TemporalUnavailable,
  WorkflowBroken,
} from './client/errors.js';
export type { ActionHandle, Handle } from './client/handle.js';
export type { BatchHandle, BatchHandle as BatchRunHandle } from './client/batch-handle.js';
export type { ReadRowsInput, ReadRowStatus, Row, RowsPage } from './contracts/read-rows.js';
export type { SoarRunner as SoarRunnerClient } from './client/soar-runner.js';
export type {
  AddItems,
  BatchItem,
  BatchProgress,
  BatchRun,
  EnrichBatchInput,
  EnrichBatchResult,
  PageReceipt,
} from './contracts/enrich-batch.js';
export type {
  ActionRunSummary,
  AppRunResult,
  ResultsOmitted,
  RunActionOptions,
  RunActionRequest,
  RunActionResult,
  SurplusRun,
} from './contracts/run-action.js';
export { SOAR_ERROR_CODES } from './model/error-codes.js';
export type { SoarErrorCode } from './model/error-codes.js';
export { DEFAULT_TASK_QUEUE, FAILURE_TYPES, QUERIES, SIGNALS, UPDATES, WORKFLOW_TYPES } from './model/names.js';
export type { ApprovalNotice, CancelAnswer, Outcome, RunPhase, RunState } from './model/run-state.js';
