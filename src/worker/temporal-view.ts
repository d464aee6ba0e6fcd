import { WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { TemporalView, WorkflowsView } from '../activities/index.js';
import { quoted, SEARCH_ATTRIBUTES } from '../model/names.js';
import { rootCause } from '../model/run-summary.js';
import { createWorkflowsView } from './workflows-view.js';

/**
 * Makes the look at other workflows: at a child that an earlier run of a batch has started, at who follows a run, and at those
 * whose rows are read.
 */
export function createTemporalView(client: Client, taskQueue: string): TemporalView & WorkflowsView {
  return {
    ...createWorkflowsView(client),
    lookAtChild: lookAtChild(client),
    isFollowed: (actionRunId) => isFollowed(client, taskQueue, actionRunId),
  };
}

function lookAtChild(client: Client): TemporalView['lookAtChild'] {
  return async ({ workflowId, key }) => {
    const handle = client.workflow.getHandle(workflowId);
    try {
      const { status, memo } = await handle.describe();
      if (status.name === 'RUNNING') return { kind: 'running' };
      if (memo?.['batch'] !== key) return { kind: 'foreign' };
      return { kind: 'ended', result: await handle.result() };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return { kind: 'foreign' };
      if (!(error instanceof WorkflowFailedError)) throw error;
      const cause = rootCause(error);
      const { type, details } = cause instanceof ApplicationFailure ? cause : {};
      return { kind: 'failed', message: cause.message, type: type ?? 'ChildFailed', details: details ?? [] };
    }
  };
}

/** Of this task queue alone: another one's SOAR has a run of the same number. */
async function isFollowed(client: Client, taskQueue: string, actionRunId: number): Promise<boolean> {
  const query =
    `${SEARCH_ATTRIBUTES.actionRunId} = '${actionRunId}' AND ExecutionStatus = 'Running' ` +
    `AND TaskQueue = ${quoted(taskQueue)}`;
  const { count } = await client.workflow.count(query);
  return count > 0;
}
