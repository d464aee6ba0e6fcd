import { WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { SeenWorkflow, TemporalView, WorkflowEnd, WorkflowsView } from '../activities/index.js';
import type { RowsReady } from '../model/batch-progress.js';
import { QUERIES, quoted, SEARCH_ATTRIBUTES } from '../model/names.js';
import { rootCause } from '../model/pack-outcome.js';
import { argumentsIn, firstEventOf } from './first-event.js';

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

/** Makes the look at the workflows whose rows are read. */
function createWorkflowsView(client: Client): WorkflowsView {
  return {
    describe: (workflowId) => describe(client, workflowId),
    endOf: (workflowId) => endOf(client, workflowId),
    argumentsOf: async (workflowId) => argumentsIn(await firstEventOf(client, workflowId)),
    rowsReady: (workflowId, from) =>
      client.workflow.getHandle(workflowId).query<RowsReady, [number]>(QUERIES.rowsReady, from),
  };
}

async function describe(client: Client, workflowId: string): Promise<SeenWorkflow | null> {
  try {
    const { type, status, memo, raw } = await client.workflow.getHandle(workflowId).describe();
    const firstRunId = raw.workflowExecutionInfo?.firstRunId ?? '';
    return { workflowId, type, firstRunId, isRunning: status.name === 'RUNNING', memo };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/** A failure of ours has the result in its details. */
async function endOf(client: Client, workflowId: string): Promise<WorkflowEnd> {
  try {
    return { result: await client.workflow.getHandle(workflowId).result(), failure: null };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const cause = rootCause(error);
    const hasDetails = cause instanceof ApplicationFailure || cause instanceof CancelledFailure;
    return { result: hasDetails ? cause.details?.[0] : undefined, failure: cause.message };
  }
}
