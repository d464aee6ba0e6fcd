import { ApplicationFailure } from '@temporalio/common';
import { FAILURE_TYPES } from '../model/names.js';
import { withHeartbeat } from './heartbeat.js';

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
}

/** Waits for the child, by failing benignly for Temporal to retry until it has ended. */
export function awaitChild(temporal: TemporalView, input: ChildInput): Promise<EndedChild> {
  return withHeartbeat(async () => {
    const seen = await temporal.lookAtChild(input);
    if (seen.kind !== 'running') return seen;
    const message = `${input.workflowId} has not ended`;
    throw ApplicationFailure.create({ message, type: FAILURE_TYPES.actionRunPending, category: 'BENIGN' });
  });
}
