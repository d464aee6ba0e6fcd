import { setTimeout as delay } from 'node:timers/promises';
import { CancelledFailure, WorkflowFailedError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import type { Row } from '../contracts/read-rows.js';
import type { RunActionResult } from '../contracts/run-action.js';
import { QUERIES, UPDATES } from '../model/names.js';
import { rootCause } from '../model/error-codes.js';
import type { CancelAnswer, RunState } from '../model/run-state.js';
import { NoWorker, queryUnanswered, translated } from './errors.js';
import { readAllRows } from './rows.js';
import type { Place } from './rows.js';
import { cancelWorkflow, isNotReady, withRetries } from './temporal-calls.js';

/** A workflow of ours by its key: where it stands, its end, its rows. Every call rejects with a `SoarRunnerError`. */
export interface Handle<Status, Result> {
  readonly workflowId: string;
  /** @throws NoWorker if none answers */
  status(): Promise<Status>;
  /** Each status that differs from the one before, until the end. A worker that is away is waited for. */
  watch(): AsyncIterable<Status>;
  /** Asks to stop; the result says what became of it. */
  cancel(reason?: string): Promise<void>;
  /** Waits for the end, also if it was cancelled. */
  result(): Promise<Result>;
  /** The rows, in the order of the items, as they come. */
  rows(): AsyncIterable<Row>;
}

/** A `runAction`. */
export interface ActionHandle extends Handle<RunState, RunActionResult> {
  /** Decides about a POST whose answer was lost. @throws InvalidInput if there is nothing to decide */
  resolveSubmission(decision: {
    readonly decision: 'resubmit' | 'abandon' | 'adopt';
    readonly actionRunId?: number;
  }): Promise<string>;
  /** Cancels, and waits for SOAR's answer; `null` if the run had ended. */
  requestCancel(reason?: string): Promise<CancelAnswer | null>;
}

/** How long a worker has for its answer, and how often it is asked while somebody watches. */
const QUERY_MS = 5_000;
const LOOK_EVERY_MS = 500;

/** Makes the handle of a `runAction`. */
export function actionHandle(place: Place, workflowId: string): ActionHandle {
  const workflow = place.client.workflow.getHandle(workflowId);
  return {
    ...handleOf<RunState, RunActionResult>(place, workflowId, QUERIES.status),
    resolveSubmission: (decision) =>
      translated(() => workflow.executeUpdate<string, [unknown]>(UPDATES.resolveSubmission, { args: [decision] })),
    requestCancel: (reason) =>
      translated(() =>
        workflow.executeUpdate<CancelAnswer | null, [unknown]>(UPDATES.requestCancel, { args: [{ reason }] }),
      ),
  };
}

/** What every handle has; `query` asks where the workflow stands. */
export function handleOf<Status, Result>(place: Place, workflowId: string, query: string): Handle<Status, Result> {
  const { client } = place;
  const workflow = client.workflow.getHandle(workflowId);
  const status = (): Promise<Status> =>
    translated(() =>
      client.withDeadline(Date.now() + QUERY_MS, () => workflow.query<Status>(query)).catch(queryUnanswered),
    );
  const result = (): Promise<Result> => translated(() => withRetries(() => resultOf<Result>(client, workflowId)));
  return {
    workflowId,
    status,
    watch: () => watch(status, result),
    cancel: (reason) => translated(() => cancelWorkflow(client, workflowId, reason)),
    result,
    rows: () => readAllRows(place, workflowId),
  };
}

/** Temporal keeps no result of a workflow that its own cancellation has ended: a worker tells it. */
async function resultOf<Result>(client: Client, workflowId: string): Promise<Result> {
  const workflow = client.workflow.getHandle(workflowId);
  try {
    return (await workflow.result()) as Result;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError && rootCause(error) instanceof CancelledFailure)) throw error;
    const result = await withRetries(() => workflow.query<Result | null>(QUERIES.result), isNotReady);
    if (result === null) throw error;
    return result;
  }
}

async function* watch<Status>(
  status: () => Promise<Status>,
  result: () => Promise<unknown>,
): AsyncGenerator<Status, void, undefined> {
  const end = { isThere: false };
  const over = (): void => void (end.isThere = true);
  const ended = result().then(over, over);
  let shown = '';
  for (let isLast = false; ; isLast = end.isThere) {
    const seen = await status().catch((error: unknown) => {
      if (error instanceof NoWorker && !end.isThere) return undefined;
      throw error;
    });
    const text = JSON.stringify(seen);
    if (seen !== undefined && text !== shown) yield seen;
    shown = text;
    if (isLast) return;
    await Promise.race([ended, delay(LOOK_EVERY_MS)]);
  }
}
