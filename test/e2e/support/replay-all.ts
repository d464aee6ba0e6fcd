import type { Client, HistoryAndWorkflowId } from '@temporalio/client';
import { z } from 'zod';
import { payloadConverterPath, workflowBundle } from './test-server.js';
import { TestWorker } from './test-worker.js';

/** A hundred workflows that are all alike show no more than some of them. */
const MOST_REPLAYED = 40;

const historySchema = z.object({ events: z.array(z.unknown()) });
/** The event with which a reset begins names the run that it made. */
const resetSchema = z.object({ workflowTaskFailedEventAttributes: z.object({ newRunId: z.string().min(1) }) });

/**
 * Replays the latest histories of a task queue on the workflows' own code: what a test has seen once, every worker that takes the
 * workflow over sees again. Workflows that still run are replayed as far as they are.
 *
 * @throws Error at the first that does not replay, with its id
 */
export async function replayAll(client: Client, taskQueue: string): Promise<void> {
  const executions = client.workflow.list({ query: `TaskQueue = '${taskQueue}'` });
  await replay(take(MOST_REPLAYED, executions.intoHistories({ concurrency: 4 })));
}

/** Likewise, given histories. @throws Error at the first that does not replay, with the kinds of its events */
export async function replay(histories: AsyncIterable<HistoryAndWorkflowId>): Promise<void> {
  const options = { workflowBundle: workflowBundle(), dataConverter: { payloadConverterPath } };
  const kinds = new Map<string, string>();
  const noted = thoseNotReset(histories, kinds);
  for await (const { workflowId, error } of TestWorker.runReplayHistories(options, noted)) {
    if (!error) continue;
    const message = `${workflowId} does not replay: ${error.message}\nIts events: ${kinds.get(workflowId) ?? ''}`;
    throw new Error(message, { cause: error });
  }
}

function kindOf(event: unknown): string {
  const names = typeof event === 'object' && event !== null ? Object.keys(event) : [];
  const attributes = names.find((name) => name.endsWith('EventAttributes'));
  return attributes?.replace('EventAttributes', '') ?? 'unknown';
}

async function* take<T>(most: number, values: AsyncIterable<T>): AsyncIterable<T> {
  let taken = 0;
  for await (const value of values) {
    yield value;
    taken += 1;
    if (taken === most) return;
  }
}

/**
 * The SDK replays a workflow that was reset under the id of its first run: it cannot see that it was reset. Files whose tests
 * reset keep no workflow in memory instead, see `cached` of the harness.
 */
async function* thoseNotReset(
  histories: AsyncIterable<HistoryAndWorkflowId>,
  kinds: Map<string, string>,
): AsyncIterable<HistoryAndWorkflowId> {
  for await (const each of histories) {
    const { events } = historySchema.parse(each.history);
    kinds.set(each.workflowId, events.map((event, at) => `${at + 1} ${kindOf(event)}`).join(', '));
    if (!events.some((event) => resetSchema.safeParse(event).success)) yield each;
  }
}
