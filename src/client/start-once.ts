import { createHash } from 'node:crypto';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Client, Workflow, WorkflowHandle, WorkflowResultType } from '@temporalio/client';
import type { BatchProgress, EnrichBatchInput } from '../contracts/enrich-batch.js';
import type { RunActionOptions, RunActionRequest } from '../contracts/run-action.js';
import { canonicalJson, isObject } from '../model/json.js';
import { DEFAULT_TASK_QUEUE, QUERIES, WORKFLOW_TYPES } from '../model/names.js';
import { cutToBytes, escapeMarkdown, MAX_SUMMARY_BYTES } from '../model/text.js';
import type { RunState } from '../model/run-state.js';
import type { enrichBatch } from '../workflows/batch/enrich-batch.js';
import type { runAction } from '../workflows/run/run-action.js';
import { batchHandle } from './batch-handle.js';
import type { BatchHandle } from './batch-handle.js';
import { SoarRunnerError } from './errors.js';
import { argumentsIn, cancelWorkflow, firstEventOf, withRetries } from './temporal-calls.js';

/** A workflow that was started, by its id: ask it, cancel it, wait for it. Every call waits for a Temporal that is away. */
export interface Started<W extends Workflow, S> {
  readonly workflowId: string;
  /** The workflow's result. Rejects with Temporal's `WorkflowFailedError` where it failed. */
  result(): Promise<WorkflowResultType<W>>;
  /** Where it stands; needs a worker that is up. */
  status(): Promise<S>;
  /** Sends signal `cancel`. */
  cancel(reason?: string): Promise<void>;
}

/** Starts our workflows, each once for its id. */
export interface SoarRunnerClient {
  /** Starts `runAction`, or takes the one that `workflowId` names already, running or finished. */
  runAction(
    workflowId: string,
    request: RunActionRequest,
    options?: RunActionOptions,
  ): Promise<Started<typeof runAction, RunState>>;
  /**
   * Starts `enrichBatch` likewise.
   *
   * @param memo what a new workflow keeps beside its input, for its caller to know it again
   */
  enrichBatch(
    workflowId: string,
    input: EnrichBatchInput,
    memo?: Readonly<Record<string, string>>,
  ): Promise<Started<typeof enrichBatch, BatchProgress> & BatchHandle>;
}

/** Makes a client on a connection of the caller's. `taskQueue` is the worker's, by default `soar-runner`. */
export function createSoarRunnerClient(client: Client, taskQueue: string = DEFAULT_TASK_QUEUE): SoarRunnerClient {
  return {
    runAction: async (workflowId, request, options) => {
      await startOnce(client, WORKFLOW_TYPES.runAction, {
        workflowId,
        taskQueue,
        staticSummary: escapeMarkdown(`${request.action} in container ${request.container_id}`),
        args: options ? [request, options] : [request],
      });
      return started(client, client.workflow.getHandle<typeof runAction>(workflowId), QUERIES.status);
    },
    enrichBatch: async (workflowId, input, memo) => {
      await startOnce(client, WORKFLOW_TYPES.enrichBatch, {
        workflowId,
        taskQueue,
        staticSummary: escapeMarkdown(`${input.request.action} on ${input.items?.length ?? 'streamed'} items`),
        args: [input],
        ...(memo ? { memo } : {}),
      });
      const handle = client.workflow.getHandle<typeof enrichBatch>(workflowId);
      const batch = started<typeof enrichBatch, BatchProgress>(client, handle, QUERIES.progress);
      return { ...batch, ...batchHandle(client, workflowId) };
    },
  };
}

/** Temporal refuses a longer one. */
const MAX_FAIRNESS_KEY_BYTES = 64;

interface StartOptions {
  readonly workflowId: string;
  readonly taskQueue: string;
  readonly staticSummary: string;
  readonly args: unknown[];
  readonly memo?: Record<string, string>;
}

/** The id names a workflow that was started with another request: it is a key, and a key means one thing. */
export class IdempotencyConflict extends SoarRunnerError {
  override readonly name = 'IdempotencyConflict';

  constructor(
    readonly workflowId: string,
    /** SHA-256 of the canonical JSON of what the workflow was started with, and of what was given now. */
    readonly existingDigest: string,
    readonly givenDigest: string,
  ) {
    super(
      'IDEMPOTENCY_CONFLICT',
      `Workflow "${workflowId}" was started with another request (digest ${existingDigest}, given now: ${givenDigest}). ` +
        'Use another id for another request.',
    );
  }
}

/**
 * The id is the idempotency key: a second start finds the first workflow, running or finished.
 *
 * @throws IdempotencyConflict where that one was started with another request
 */
async function startOnce(client: Client, workflowType: string, options: StartOptions): Promise<void> {
  const staticSummary = cutToBytes(options.staticSummary, MAX_SUMMARY_BYTES);
  const policies = { workflowIdConflictPolicy: 'FAIL', workflowIdReusePolicy: 'REJECT_DUPLICATE' } as const;
  // Callers take turns: what one of them has started by the hundred keeps another's action waiting for one of them.
  const priority = { fairnessKey: cutToBytes(client.options.identity, MAX_FAIRNESS_KEY_BYTES) };
  try {
    await withRetries(() => client.workflow.start(workflowType, { ...options, ...policies, priority, staticSummary }));
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    await requireSame(client, options);
  }
}

async function requireSame(client: Client, { workflowId, args }: StartOptions): Promise<void> {
  const [existing, given] = [digest(await withRetries(() => argumentsOf(client, workflowId))), digest(args)];
  if (existing !== given) throw new IdempotencyConflict(workflowId, existing, given);
}

/** What the first run of this id was started with. */
async function argumentsOf(client: Client, workflowId: string): Promise<unknown[]> {
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  return argumentsIn(await firstEventOf(client, workflowId, raw.workflowExecutionInfo?.firstRunId ?? undefined));
}

/** `null` counts as absent, and the order of keys does not count. */
function digest(args: readonly unknown[]): string {
  const given = args.filter((argument) => argument !== null && argument !== undefined);
  return createHash('sha256')
    .update(canonicalJson(withoutNulls(given)))
    .digest('hex')
    .slice(0, 16);
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined);
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutNulls(inner)]));
}

function started<W extends Workflow, S>(client: Client, handle: WorkflowHandle<W>, query: string): Started<W, S> {
  return {
    workflowId: handle.workflowId,
    result: () => withRetries(() => handle.result()),
    status: () => withRetries(() => handle.query<S>(query)),
    cancel: (reason) => cancelWorkflow(client, handle.workflowId, reason),
  };
}
