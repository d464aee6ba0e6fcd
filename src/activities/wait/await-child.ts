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

/** What activities ask of Temporal itself. */
export interface TemporalView {
  /** Looks at a workflow; `running` where it has not ended. */
  lookAtChild(input: ChildInput): Promise<EndedChild | { readonly kind: 'running' }>;
  /** True where a running workflow follows this action_run. */
  isFollowed(actionRunId: number): Promise<boolean>;
  /** True where this run of a workflow goes on from an `enrichBatch` of ours that has handed over to it. */
  isContinued(workflowId: string, runId: string): Promise<boolean>;
}

/** A workflow as Temporal describes it. */
export interface SeenWorkflow {
  readonly workflowId: string;
  readonly type: string;
  /** The same for all runs of it, and another for a later workflow of the same id. */
  readonly firstRunId: string;
  readonly isRunning: boolean;
  readonly memo: unknown;
  /** True for a workflow type of ours on this worker's task queue: nobody else's results and memos are ours to trust. */
  readonly isOurs: boolean;
  /** `null` where it is nobody's child. */
  readonly parentId: string | null;
}

/** How a workflow ended: its result, or the failure and the result that its details may have. */
export interface WorkflowEnd {
  readonly result: unknown;
  /** `null` where it did not fail. */
  readonly failure: string | null;
}

/** What reading rows asks of Temporal beside that. */
export interface WorkflowsView {
  /** `null` where there is none, or none any more. */
  describe(workflowId: string): Promise<SeenWorkflow | null>;
  /** Of a workflow that has ended. */
  endOf(workflowId: string): Promise<WorkflowEnd>;
  argumentsOf(workflowId: string): Promise<readonly unknown[]>;
  /** Asks a running batch. */
  rowsReady(workflowId: string, from: number): Promise<unknown>;
}

/** Waits for the child, by failing benignly for Temporal to retry until it has ended. */
export function awaitChild(temporal: TemporalView, input: ChildInput): Promise<EndedChild> {
  return withHeartbeat(async () => {
    const seen = await temporal.lookAtChild(input);
    if (seen.kind !== 'running') return seen;
    throw notYet(`${input.workflowId} has not ended`);
  });
}
