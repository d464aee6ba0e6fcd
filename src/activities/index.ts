import { activitiesOf } from './activities.js';
import type { ActivityDependencies, SoarActivities } from './activities.js';
import { forOurCallers } from './callers.js';

export type { SeenWorkflow, WorkflowsView } from '../rows/workflows-view.js';
export type { KnownRun } from '../soar/our-run.js';
export type { CheckedRun } from './failures.js';
export type { FoundGroupRun, FoundRun, LookUp, SeenRun } from './find.js';
export { isUrgent } from './heartbeat.js';
export type { FetchAppRunsInput, FetchedAppRuns } from './results/app-runs.js';
export type { FetchedResults } from './results/read-results.js';
export type { Reusable } from './reuse.js';
export type { RowsAnswer } from './read-rows.js';
export type { PostedRun, SubmissionAnswer } from './submit.js';
export type { EndedChild, TemporalView, WorkflowRun } from './wait/await-child.js';
export type { Sight, WaitInput } from './wait/await-action-runs.js';
export type { EndedRun, MovedRun } from './wait/look.js';
export type { FirstLook } from './wait/first-look.js';
export type { SeenProblem } from './wait/poll-report.js';
export { createWatch } from './wait/watch.js';
export type { SoarActivities } from './activities.js';

/** Makes the activities of a worker. Each serves only whom it is for. */
export function createActivities(dependencies: ActivityDependencies): SoarActivities {
  return forOurCallers(activitiesOf(dependencies), dependencies.temporal);
}
