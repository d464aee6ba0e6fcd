/** Calls to Temporal that more than one part of ours makes, and how they go on when Temporal does not answer. */
import { setTimeout as delay } from 'node:timers/promises';
import {
  Connection,
  isGrpcServiceError,
  ServiceError,
  WorkflowFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import type { Client, ConnectionOptions, WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure, defaultPayloadConverter } from '@temporalio/common';
import { SIGNALS, UPDATES } from '../model/names.js';
import { rootCause } from '../model/error-codes.js';
import { isLoopback } from '../model/soar-access.js';
import type { WorkflowEnd } from '../rows/workflows-view.js';

/** Connects to Temporal. gRPC for Node asks the proxy of the environment also for this machine itself, unless it is told not to. */
export function connectTo(options: ConnectionOptions): Promise<Connection> {
  const isHere = isLoopback(`http://${options.address ?? 'localhost'}`);
  const direct = { channelArgs: { ...options.channelArgs, 'grpc.enable_http_proxy': 0 } };
  return Connection.connect({ ...options, ...(isHere ? direct : {}) });
}

/** gRPC codes of a Temporal that is away or overloaded: UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, CANCELLED. */
const PASSING_CODES: ReadonlySet<number> = new Set([14, 4, 8, 10, 1]);
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/** True for an error that says "Temporal is away" and nothing about the request. */
export function isPassing(error: unknown): boolean {
  return hasCode(error, PASSING_CODES);
}

function hasCode(error: unknown, codes: ReadonlySet<number>): boolean {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && codes.has(cause.code);
}

/** gRPC's FAILED_PRECONDITION: Temporal's answer to an update while no worker answers for the workflow. */
const NOT_READY_CODES: ReadonlySet<number> = new Set([9]);

/** True for an update that did not get through because the worker was away for a while. */
export function isNotReady(error: unknown): boolean {
  return error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || hasCode(error, NOT_READY_CODES);
}

/**
 * Repeats `call` for as long as Temporal is away, because the SDK's own client gives up after about 20 seconds; or for as
 * long as `isWorthRepeating` says.
 */
export async function withRetries<T>(
  call: () => Promise<T>,
  isWorthRepeating: (error: unknown) => boolean = () => false,
): Promise<T> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await call();
    } catch (error) {
      if (!isPassing(error) && !isWorthRepeating(error)) throw error;
    }
    await delay(pauseMs);
  }
}

/** How long a worker has to take the update. */
const UPDATE_MS = 5_000;

/** gRPC's INVALID_ARGUMENT, which Temporal says of one signal too many. */
const LIMIT_CODES: ReadonlySet<number> = new Set([3]);

function isSignalLimit(error: unknown): boolean {
  return hasCode(error, LIMIT_CODES) && error instanceof Error && /limit/.test(rootCause(error).message);
}

/**
 * Sends signal `cancel`. Temporal takes 10,000 signals of a workflow, and whoever can reach it can use them up: then the update
 * `requestCancel` does the same, and if nobody takes that, Temporal's own cancellation, which has no reason.
 */
export async function cancelWorkflow(client: Client, workflowId: string, reason: string | undefined): Promise<void> {
  const handle = client.workflow.getHandle(workflowId);
  const argument = reason === undefined ? {} : { reason };
  try {
    await withRetries(() => handle.signal<[unknown]>(SIGNALS.cancel, argument));
  } catch (error) {
    if (!isSignalLimit(error)) throw error;
    const options = { args: [argument] as [unknown], waitForStage: 'ACCEPTED' } as const;
    const update = () => handle.startUpdate<unknown, [unknown]>(UPDATES.requestCancel, options);
    await client.withDeadline(Date.now() + UPDATE_MS, update).catch(() => withRetries(() => handle.cancel()));
  }
}

type HistoryEvent = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number];

/** The first event of a workflow. */
export type Started = NonNullable<HistoryEvent['workflowExecutionStartedEventAttributes']>;

/**
 * What a workflow was started with, as Temporal wrote it down.
 *
 * @param runId the latest run, if none is given
 */
export async function firstEventOf(client: Client, workflowId: string, runId?: string): Promise<Started> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId, ...(runId === undefined ? {} : { runId }) },
    maximumPageSize: 1,
  });
  return history?.events?.[0]?.workflowExecutionStartedEventAttributes ?? {};
}

/** gRPC's INVALID_ARGUMENT, for ids that no workflow has, and NOT_FOUND. */
const NO_SUCH_RUN_CODES: ReadonlySet<number> = new Set([3, 5]);

/** True for Temporal's answer to {@link firstEventOf} if it has no such run, or none any more. */
export function saysNoSuchRun(error: unknown): boolean {
  return hasCode(error, NO_SUCH_RUN_CODES);
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

/** Waits for the end of a workflow. A failure of ours has the result in its details. */
export async function endOf(client: Client, workflowId: string): Promise<WorkflowEnd> {
  try {
    return { result: await client.workflow.getHandle(workflowId).result(), failure: null };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const cause = rootCause(error);
    return { result: cause instanceof ApplicationFailure ? cause.details?.[0] : undefined, failure: cause.message };
  }
}
