import type { RunActionRequest } from '../contracts/run-action.js';
import type { ApprovalNotice, CancelAnswer } from '../model/run-state.js';
import type { SoarClient } from '../soar/client.js';
import { SOAR_ERROR_CODES } from '../model/error-codes.js';
import { SoarError } from '../soar/errors.js';
import type { StatusBoard } from '../soar/status-board.js';
import { summarizeActionRun } from './action-run-summary.js';
import { listApprovals } from './approvals.js';
import { createAwaitActionRun } from './await-action-run.js';
import type { ActionRunSight, AwaitInput } from './await-action-run.js';
import { createCancelActionRun } from './cancel-action-run.js';
import { checkBatch } from './check-batch.js';
import { createFetchActionResults } from './fetch-action-results.js';
import type { FetchedResults, FetchResultsInput } from './fetch-action-results.js';
import { createFetchAppRuns } from './fetch-app-runs.js';
import type { FetchedAppRuns } from './fetch-app-runs.js';
import { createFindActionRuns } from './find-action-runs.js';
import type { FindActionRuns } from './find-action-runs.js';
import { createFindActionType } from './find-action-type.js';
import { withPulse } from './pulse.js';
import { createSubmitActionRun } from './submit-action-run.js';
import type { SubmissionAnswer, SubmissionInput } from './submit-action-run.js';

export type { ActionRunSight, FetchedResults, SubmissionInput };
export type { FoundRun, LookUp } from './find-action-runs.js';
export type { UncertainDetails } from './submit-action-run.js';

/** What the activities talk to. */
export interface ActivityDependencies {
  readonly soar: SoarClient;
  readonly board: StatusBoard;
}

/** The activities by the names that stand in histories: one for each REST call a workflow makes. */
export interface SoarActivities extends FindActionRuns {
  checkBatch(input: unknown): Promise<void>;
  submitActionRun(input: SubmissionInput): Promise<SubmissionAnswer>;
  awaitActionRun(input: AwaitInput): Promise<ActionRunSight>;
  getActionRun(input: { actionRunId: number }): Promise<ActionRunSight>;
  cancelActionRun(input: { actionRunId: number }): Promise<CancelAnswer>;
  fetchAppRuns(input: { actionRunId: number }): Promise<FetchedAppRuns>;
  fetchActionResults(input: FetchResultsInput): Promise<FetchedResults>;
  fetchApprovals(input: { actionRunId: number }): Promise<ApprovalNotice[]>;
  findActionType(input: { request: RunActionRequest }): Promise<string | null>;
}

/** Makes the activities around their clients. */
export function createActivities({ soar, board }: ActivityDependencies): SoarActivities {
  return {
    checkBatch,
    submitActionRun: createSubmitActionRun(soar),
    ...createFindActionRuns(soar),
    findActionType: createFindActionType(soar),
    awaitActionRun: createAwaitActionRun(soar, board),
    getActionRun: createGetActionRun(soar),
    cancelActionRun: createCancelActionRun(soar),
    fetchAppRuns: createFetchAppRuns(soar),
    fetchActionResults: createFetchActionResults(soar),
    fetchApprovals: ({ actionRunId }) => withPulse(({ signal }) => listApprovals(soar, actionRunId, { signal })),
  };
}

/** One look at a run, whatever its status. */
function createGetActionRun(soar: SoarClient): (input: { actionRunId: number }) => Promise<ActionRunSight> {
  return ({ actionRunId }) =>
    withPulse(async ({ signal }) => {
      const rest = { actionRunId, approvals: [], polls: 1 };
      try {
        const run = await soar.getActionRun(actionRunId, { signal });
        return { kind: 'ended', actionRun: summarizeActionRun(run), ...rest };
      } catch (error) {
        if (!(error instanceof SoarError && error.code === SOAR_ERROR_CODES.NOT_FOUND)) throw error;
        return { kind: 'missing', actionRun: null, ...rest };
      }
    });
}
