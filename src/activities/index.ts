import type { RunActionRequest } from '../contracts/run-action.js';
import type { RunAccount } from '../model/run-account.js';
import type { ApprovalNotice, CancelAnswer } from '../model/run-state.js';
import type { SoarClient } from '../soar/client.js';
import type { StatusBoard } from '../soar/status-board.js';
import { listApprovals } from './approvals.js';
import { createAwaitActionRun } from './await-action-run.js';
import type { ActionRunSight, AwaitInput } from './await-action-run.js';
import { createAwaitActionRuns } from './await-action-runs.js';
import type { AwaitRunsInput, EndedRun, GroupSight } from './await-action-runs.js';
import { createCancelActionRun } from './cancel-action-run.js';
import { checkBatch } from './check-batch.js';
import { createFetchActionResults } from './fetch-action-results.js';
import type { FetchedResults, FetchResultsInput } from './fetch-action-results.js';
import { createFetchAppRuns } from './fetch-app-runs.js';
import type { FetchedAppRuns } from './fetch-app-runs.js';
import { createFetchRunAccounts } from './fetch-run-accounts.js';
import type { AccountsInput } from './fetch-run-accounts.js';
import { createFindActionRuns } from './find-action-runs.js';
import type { FindActionRuns } from './find-action-runs.js';
import { createFindActionType } from './find-action-type.js';
import { createFindGroupRuns } from './find-group-runs.js';
import type { FoundGroupRun } from './find-group-runs.js';
import { createFindReusable } from './find-reusable.js';
import type { Reusable, ReuseInput } from './find-reusable.js';
import { createGetActionRun } from './get-action-run.js';
import { withPulse } from './pulse.js';
import { createSubmitActionRun } from './submit-action-run.js';
import type { SubmissionAnswer, SubmissionInput } from './submit-action-run.js';
import { createSubmitActionRuns } from './submit-action-runs.js';
import type { GroupSubmission, PostedRun, PostedRuns } from './submit-action-runs.js';

export type { ActionRunSight, EndedRun, FetchedResults, GroupSight, PostedRun, SubmissionInput };
export { isUrgent } from './urgency.js';
export type { FoundRun, LookUp } from './find-action-runs.js';
export type { UncertainDetails } from './submit-action-run.js';

/** What the activities talk to. */
export interface ActivityDependencies {
  readonly soar: SoarClient;
  readonly board: StatusBoard;
}

/** The activities by the names that stand in histories: one for each REST call, or each group of them, a workflow makes. */
export interface SoarActivities extends FindActionRuns {
  checkBatch(input: unknown): Promise<void>;
  submitActionRun(input: SubmissionInput): Promise<SubmissionAnswer>;
  awaitActionRun(input: AwaitInput): Promise<ActionRunSight>;
  getActionRun(input: { actionRunId: number }): Promise<ActionRunSight>;
  cancelActionRun(input: { actionRunId: number }): Promise<CancelAnswer>;
  fetchAppRuns(input: { actionRunId: number }): Promise<FetchedAppRuns>;
  fetchActionResults(input: FetchResultsInput): Promise<FetchedResults>;
  fetchApprovals(input: { actionRunId: number }): Promise<ApprovalNotice[]>;
  findReusable(input: ReuseInput): Promise<Reusable[]>;
  findActionType(input: { request: Pick<RunActionRequest, 'action'> }): Promise<string | null>;
  submitActionRuns(input: GroupSubmission): Promise<PostedRuns>;
  findGroupRuns(input: { tag: string }): Promise<FoundGroupRun[]>;
  awaitActionRuns(input: AwaitRunsInput): Promise<GroupSight>;
  fetchRunAccounts(input: AccountsInput): Promise<RunAccount[]>;
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
    findReusable: createFindReusable(soar),
    submitActionRuns: createSubmitActionRuns(soar),
    findGroupRuns: createFindGroupRuns(soar),
    awaitActionRuns: createAwaitActionRuns(soar, board),
    fetchRunAccounts: createFetchRunAccounts(soar),
    fetchApprovals: ({ actionRunId }) => withPulse(({ signal }) => listApprovals(soar, actionRunId, { signal })),
  };
}
