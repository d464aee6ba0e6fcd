import { WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { EndedChild, SeenWorkflow, TemporalView, WorkflowsView } from '../activities/index.js';
import { QUERIES, quoted } from '../model/names.js';
import { SEARCH_ATTRIBUTES } from '../model/search-attributes.js';
import { MAX_WORKFLOW_ID_BYTES } from '../model/options.js';
import { rootCause } from '../model/error-codes.js';
import { bytesOf } from '../model/text.js';
import { argumentsIn, endOf, firstEventOf } from '../client/temporal-calls.js';
import { isOurs, OurWorkflows } from './our-workflows.js';

/**
 * Makes the look at other workflows: at a child that an earlier run of a batch has started, at who follows a run, and at those
 * whose rows are read.
 */
export function createTemporalView(client: Client, taskQueue: string): TemporalView & WorkflowsView {
  const ours = new OurWorkflows(client, taskQueue);
  return {
    ...createWorkflowsView(client, taskQueue),
    lookAtChild: lookAtChild(client, taskQueue),
    isFollowed: (actionRunId) => isFollowed(client, taskQueue, actionRunId),
    isContinued: (run) => ours.isContinued(run),
    isOurs: (run) => ours.isOurs(run),
    claimOf: (run) => ours.claimOf(run),
  };
}

function lookAtChild(client: Client, taskQueue: string): TemporalView['lookAtChild'] {
  return async ({ workflowId, key }) => {
    const handle = client.workflow.getHandle(workflowId);
    try {
      const seen = await handle.describe();
      if (seen.status.name === 'RUNNING') return { kind: 'running' };
      if (seen.memo?.['batch'] !== key || !isOurs(seen, taskQueue)) return { kind: 'foreign' };
      return { kind: 'ended', result: await handle.result() };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return { kind: 'foreign' };
      if (error instanceof WorkflowFailedError) return failedChild(rootCause(error));
      throw error;
    }
  };
}

function failedChild(cause: Error): EndedChild {
  const { type, details } = cause instanceof ApplicationFailure ? cause : {};
  return { kind: 'failed', message: cause.message, type: type ?? 'ChildFailed', details: details ?? [] };
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
function createWorkflowsView(client: Client, taskQueue: string): WorkflowsView {
  return {
    describe: (workflowId) => describe(client, taskQueue, workflowId),
    endOf: (workflowId) => endOf(client, workflowId),
    argumentsOf: async (workflowId) => argumentsIn(await firstEventOf(client, workflowId)),
    rowsReady: (workflowId, from) =>
      client.workflow.getHandle(workflowId).query<unknown, [number]>(QUERIES.rowsReady, from),
  };
}

async function describe(client: Client, taskQueue: string, workflowId: string): Promise<SeenWorkflow | null> {
  // Temporal refuses the question, which would be asked again for ever.
  if (bytesOf(workflowId) > MAX_WORKFLOW_ID_BYTES) return null;
  try {
    const seen = await client.workflow.getHandle(workflowId).describe();
    const firstRunId = seen.raw.workflowExecutionInfo?.firstRunId ?? '';
    const parentId = seen.parentExecution?.workflowId ?? null;
    const { type, memo } = seen;
    const isRunning = seen.status.name === 'RUNNING';
    return { workflowId, type, firstRunId, isRunning, memo, isOurs: isOurs(seen, taskQueue), parentId };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}
