import type { RunActionRequest } from '../contracts/run-action.js';
import type { SoarClient } from '../soar/client.js';
import type { RunStatusLoader } from '../soar/run-status-loader.js';
import { cancelActionRun } from './cancel.js';
import type { CheckedRun } from './failures.js';
import * as find from './find.js';
import type { LookAt, LookUp } from './find.js';
import { fetchAppRuns } from './results/app-runs.js';
import type { FetchAppRunsInput } from './results/app-runs.js';
import { fetchManyResults } from './results/many-results.js';
import type { FetchManyInput } from './results/many-results.js';
import { createFindReusable } from './reuse.js';
import { fetchItemsAccount, fetchRunSummaries } from './results/run-summaries.js';
import type { AccountInput, SummariesInput } from './results/run-summaries.js';
import { submitActionRun, submitActionRuns } from './submit.js';
import type { GroupSubmission, SubmissionInput } from './submit.js';
import { createReadRows } from './read-rows.js';
import type { WorkflowsView } from '../rows/workflows-view.js';
import { SeenRuns } from '../soar/our-run.js';
import type { KnownRun } from '../soar/our-run.js';
import { createTagProof, doubtLookUps } from './tag-proof.js';
import { awaitChild } from './wait/await-child.js';
import type { ChildInput, TemporalView } from './wait/await-child.js';
import { validateBatch, validateCarried, validateReadRows, validateRun } from './validate-input.js';
import type { CarriedInput } from './validate-input.js';
import { awaitActionRuns } from './wait/await-action-runs.js';
import { firstLook } from './wait/first-look.js';
import type { WaitInput } from './wait/await-action-runs.js';
import type { Watch } from './wait/watch.js';

/** What the activities talk to. */
export interface ActivityDependencies {
  readonly soar: SoarClient;
  readonly loader: RunStatusLoader;
  readonly temporal: TemporalView & WorkflowsView;
  /** Without one, runs are waited for by Temporal's backoff alone. */
  readonly watch?: Watch;
}

/** The activities by the names that stand in histories: one for each REST call, or each group of them, a workflow makes. */
export function activitiesOf({ soar, loader: runs, temporal, watch }: ActivityDependencies) {
  const seen = new SeenRuns();
  const proof = createTagProof(soar, seen);
  const loader: RunStatusLoader = {
    getActionRun: async (id, call) => {
      const run = await runs.getActionRun(id, call);
      seen.note(id, run.name);
      return run;
    },
  };
  return {
    validateRun: asActivity((input: { readonly request: unknown; readonly options: unknown }): CheckedRun => ({
      options: validateRun(input),
      origin: soar.origin,
    })),
    validateBatch: asActivity((input: unknown) => ({ options: validateBatch(input), origin: soar.origin })),
    validateCarried: (given: CarriedInput) => validateCarried(temporal, given),
    validateReadRows: asActivity(validateReadRows),
    readRows: createReadRows(soar, temporal),
    submitActionRun: (input: SubmissionInput) => submitActionRun(soar, proof, input),
    submitActionRuns: (input: GroupSubmission) => submitActionRuns(soar, proof, input),
    cancelActionRun: (run: KnownRun) => cancelActionRun(soar, seen, run),
    awaitActionRuns: (input: WaitInput) => awaitActionRuns(soar, loader, watch, input),
    firstLook: (input: FetchAppRunsInput) => firstLook(soar, loader, input),
    lookAtActionRun: (look: LookAt) => find.lookAtActionRun(soar, look),
    findActionRuns: (lookUp: LookUp) => find.findActionRuns(soar, lookUp),
    awaitOtherRun: (lookUp: LookUp) => find.awaitOtherRun(soar, lookUp),
    findGroupRuns: (lookUp: Pick<LookUp, 'tag' | 'origin'>) => find.findGroupRuns(soar, lookUp),
    doubtLookUps: (lookUp: Pick<LookUp, 'origin'>) => doubtLookUps(soar, proof, lookUp),
    findActionType: (input: { readonly request: Pick<RunActionRequest, 'action'> }) => find.findActionType(soar, input),
    fetchApprovals: (run: KnownRun) => find.fetchApprovals(soar, run),
    fetchAppRuns: (input: FetchAppRunsInput) => fetchAppRuns(soar, input),
    fetchManyResults: (input: FetchManyInput) => fetchManyResults(soar, input),
    fetchRunSummaries: (input: SummariesInput) => fetchRunSummaries(soar, input),
    fetchItemsAccount: (input: AccountInput) => fetchItemsAccount(soar, input),
    findReusable: createFindReusable(soar),
    awaitChild: (input: ChildInput) => awaitChild(temporal, input),
    isFollowed: ({ actionRunId }: { readonly actionRunId: number }) => temporal.isFollowed(actionRunId),
  };
}

/** {@link activitiesOf}'s object as a type. */
export type SoarActivities = ReturnType<typeof activitiesOf>;

/** A check, as an activity: what it refuses is a rejection. */
function asActivity<Input, Output>(check: (input: Input) => Output): (input: Input) => Promise<Output> {
  return (input) => Promise.resolve(input).then(check);
}
