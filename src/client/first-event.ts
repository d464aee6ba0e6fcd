import type { Client, WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';

type HistoryEvent = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number];

/** The first event of a workflow. */
export type Started = NonNullable<HistoryEvent['workflowExecutionStartedEventAttributes']>;

/**
 * What a workflow was started with, as Temporal wrote it down.
 *
 * @param runId the latest run, where none is given
 */
export async function firstEventOf(client: Client, workflowId: string, runId?: string): Promise<Started> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId, ...(runId === undefined ? {} : { runId }) },
    maximumPageSize: 1,
  });
  return history?.events?.[0]?.workflowExecutionStartedEventAttributes ?? {};
}

/** The arguments; one that cannot be read counts as absent. */
export function argumentsIn({ input }: Started): unknown[] {
  return (input?.payloads ?? []).map((payload) => {
    try {
      return defaultPayloadConverter.fromPayload<unknown>(payload);
    } catch {
      return undefined;
    }
  });
}
