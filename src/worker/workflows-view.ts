import { WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, defaultPayloadConverter } from '@temporalio/common';
import type { SeenWorkflow, WorkflowEnd, WorkflowsView } from '../activities/index.js';
import type { RowsReady } from '../model/batch-progress.js';
import { QUERIES } from '../model/names.js';
import { rootCause } from '../model/run-summary.js';

/** Makes the look at the workflows whose rows are read. */
export function createWorkflowsView(client: Client): WorkflowsView {
  return {
    describe: (workflowId) => describe(client, workflowId),
    endOf: (workflowId) => endOf(client, workflowId),
    argumentsOf: (workflowId) => argumentsOf(client, workflowId),
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

async function argumentsOf(client: Client, workflowId: string): Promise<unknown[]> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId },
    maximumPageSize: 1,
  });
  const { input } = history?.events?.[0]?.workflowExecutionStartedEventAttributes ?? {};
  return (input?.payloads ?? []).map((payload) => defaultPayloadConverter.fromPayload<unknown>(payload));
}
