import { withHeartbeat } from '../heartbeat.js';
import { notYet } from '../failures.js';

/** A child workflow that a batch did not start in this run of its own. */
export interface ChildInput {
  readonly workflowId: string;
  /** What the batch's own children carry in their memo. */
  readonly key: string;
}

/** How the child ended; `foreign`: it was another batch's, and has ended. */
export type EndedChild =
  | { readonly kind: 'ended'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly message: string; readonly type: string; readonly details: readonly unknown[] }
  | { readonly kind: 'foreign' };

/** A run of a workflow. */
export interface WorkflowRun {
  readonly workflowId: string;
  readonly runId: string;
}

/** What of Temporal's is asked of a workflow that calls. */
export interface CallersView {
  /** True for a run of a workflow of one of our types, on this worker's own task queue. */
  isOurs(caller: WorkflowRun): Promise<boolean>;
  /** The tag of the runs that it may touch; undefined if it is not of ours. */
  claimOf(caller: WorkflowRun): Promise<string | undefined>;
}

/** What activities ask of Temporal itself. */
export interface TemporalView extends CallersView {
  /** Looks at a workflow; `running` if it has not ended. */
  lookAtChild(input: ChildInput): Promise<EndedChild | { readonly kind: 'running' }>;
  /** True if a running workflow follows this action_run. */
  isFollowed(actionRunId: number): Promise<boolean>;
  /** True if this run of a workflow goes on from an `enrichBatch` of ours that has handed over to it. */
  isContinued(run: WorkflowRun): Promise<boolean>;
}

/** Waits for the child, by failing benignly for Temporal to retry until it has ended. */
export function awaitChild(temporal: TemporalView, input: ChildInput): Promise<EndedChild> {
  return withHeartbeat(async () => {
    const seen = await temporal.lookAtChild(input);
    if (seen.kind !== 'running') return seen;
    throw notYet(`${input.workflowId} has not ended`);
  });
}
