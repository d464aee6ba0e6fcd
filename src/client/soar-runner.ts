import { Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Connection, ConnectionOptions, WorkflowExecutionInfo } from '@temporalio/client';
import { ApplicationFailure, defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { BatchItem, EnrichBatchInput } from '../contracts/enrich-batch.js';
import { checkRun } from '../contracts/run-action.js';
import type { RunActionOptions, RunActionRequest } from '../contracts/run-action.js';
import { SOAR_ERROR_CODES } from '../model/error-codes.js';
import { DEFAULT_TASK_QUEUE, FAILURE_TYPES, quoted, SEARCH_ATTRIBUTES, WORKFLOW_TYPES } from '../model/names.js';
import { rootCause } from '../model/pack-outcome.js';
import type { BatchHandle } from './batch-handle.js';
import { InvalidInput, TemporalUnavailable, toClientError, translated } from './errors.js';
import { actionHandle, batchRunHandle, handleOfKey } from './handle.js';
import type { ActionHandle, BatchRunHandle } from './handle.js';
import { itemPages } from './batch-handle.js';
import type { Place } from './rows.js';
import { createSoarRunnerClient } from './start-once.js';
import { connectTo } from './temporal-calls.js';
import { CONNECTION_OPTIONS, whyUnreachable } from './why-unreachable.js';

/** Where Temporal is, and which task queue the workers serve. */
export interface SoarRunnerOptions extends ConnectionOptions {
  /** Default: `default`. */
  readonly namespace?: string;
  /** Default: `soar-runner`. */
  readonly taskQueue?: string;
}

/** A batch whose items come from anywhere: a list, a generator, a stream. */
export type BatchRequest = Omit<EnrichBatchInput, 'items' | 'streamed'> & {
  readonly items: Iterable<BatchItem> | AsyncIterable<BatchItem>;
};

/** A workflow of ours in a list. */
export interface ListedWorkflow {
  readonly workflowId: string;
  readonly type: string;
  /** The phase of a running action, the outcome of an ended one; Temporal's own word where there is none. */
  readonly state: string;
  readonly action: string | null;
  readonly actionRunId: number | null;
  /** ISO 8601. */
  readonly startTime: string;
  readonly closeTime: string | null;
}

/**
 * Runs SOAR actions through a Temporal that is elsewhere. Every call rejects with a `SoarRunnerError`, whose `code` is stable.
 *
 * @example
 * const soar = await SoarRunner.connect({ address: 'temporal:7233' });
 * const run = await soar.runAction('incident-42/geolocate', { action: 'geolocate ip', container_id: 42, name: 'where is it',
 *   targets: [{ app_id: 161, assets: ['maxmind'], parameters: [{ ip: '8.8.8.8' }] }] });
 * for await (const { phase } of run.watch()) console.log(phase);
 * const { outcome } = await run.result();
 */
export class SoarRunner {
  /** Where its workflows are. */
  readonly place: Place;

  private constructor(
    readonly client: Client,
    taskQueue: string,
    private readonly connection: Connection | undefined,
  ) {
    this.place = { client, taskQueue };
  }

  /** @throws TemporalUnavailable where nothing answers there */
  static async connect({ namespace, taskQueue, ...options }: SoarRunnerOptions = {}): Promise<SoarRunner> {
    const connection = await connectTo(options).catch(async (cause: unknown) => {
      const reason = await whyUnreachable(options, cause, CONNECTION_OPTIONS);
      throw new TemporalUnavailable('TEMPORAL_UNAVAILABLE', `Temporal cannot be reached: ${reason}.`, { cause });
    });
    const client = new Client({ connection, ...(namespace === undefined ? {} : { namespace }) });
    return new SoarRunner(client, taskQueue ?? DEFAULT_TASK_QUEUE, connection);
  }

  /** On a client of the caller's, who closes its connection. */
  static on(client: Client, taskQueue: string = DEFAULT_TASK_QUEUE): SoarRunner {
    return new SoarRunner(client, taskQueue, undefined);
  }

  /**
   * Starts an action, once for its key: the same key finds the first one, running or finished.
   *
   * @throws InvalidInput before anything is sent, and IdempotencyConflict where the key has another request
   */
  async runAction(key: string, request: RunActionRequest, options?: RunActionOptions): Promise<ActionHandle> {
    requireValid(request, options);
    const { client, taskQueue } = this.place;
    await translated(() => createSoarRunnerClient(client, taskQueue).runAction(key, request, options));
    return this.action(key);
  }

  /** The action of this key, whoever started it. */
  action(key: string): ActionHandle {
    return actionHandle(this.place, key);
  }

  /** Starts a batch likewise, and sends it its items; resolves once all of them are there. */
  async enrichBatch(key: string, { items, ...input }: BatchRequest): Promise<BatchRunHandle> {
    const { client, taskQueue } = this.place;
    const runner = createSoarRunnerClient(client, taskQueue);
    const batch = await translated(() => runner.enrichBatch(key, { ...input, streamed: true }));
    await translated(() => send(batch, items).catch(unlessClosed));
    return this.batch(key);
  }

  /** The batch of this key. */
  batch(key: string): BatchRunHandle {
    return batchRunHandle(this.place, key);
  }

  /** What the key names. @throws NoSuchWorkflow where that is neither an action nor a batch */
  find(key: string): Promise<ActionHandle | BatchRunHandle> {
    return handleOfKey(this.place, key);
  }

  /** Actions and batches that callers have started, the latest first; `state` as in {@link ListedWorkflow}. */
  async *list({ state }: { readonly state?: string } = {}): AsyncGenerator<ListedWorkflow, void, undefined> {
    const { client, taskQueue } = this.place;
    const own = `WorkflowType IN ('${WORKFLOW_TYPES.runAction}', '${WORKFLOW_TYPES.enrichBatch}')`;
    const ofState = state === undefined ? '' : ` AND ${SEARCH_ATTRIBUTES.state} = ${quoted(state)}`;
    const query = `${own} AND ${SEARCH_ATTRIBUTES.batch} IS NULL AND TaskQueue = ${quoted(taskQueue)}${ofState}`;
    try {
      for await (const info of client.workflow.list({ query })) yield listed(info);
    } catch (error) {
      throw toClientError(error);
    }
  }

  async close(): Promise<void> {
    await this.connection?.close();
  }
}

const KEYS = {
  action: defineSearchAttributeKey(SEARCH_ATTRIBUTES.action, SearchAttributeType.KEYWORD),
  actionRunId: defineSearchAttributeKey(SEARCH_ATTRIBUTES.actionRunId, SearchAttributeType.KEYWORD),
  state: defineSearchAttributeKey(SEARCH_ATTRIBUTES.state, SearchAttributeType.KEYWORD),
};

function listed({ workflowId, type, status, startTime, closeTime, typedSearchAttributes: own }: WorkflowExecutionInfo) {
  const actionRunId = own.get(KEYS.actionRunId);
  return {
    workflowId,
    type,
    state: own.get(KEYS.state) ?? status.name.toLowerCase(),
    action: own.get(KEYS.action) ?? null,
    actionRunId: actionRunId === undefined ? null : Number(actionRunId),
    startTime: startTime.toISOString(),
    closeTime: closeTime?.toISOString() ?? null,
  };
}

function requireValid(request: unknown, options: unknown): void {
  const checked = checkRun({ request, options });
  if (!checked.ok) throw new InvalidInput(SOAR_ERROR_CODES.INVALID_REQUEST, checked.problems);
}

async function send(batch: BatchHandle, items: BatchRequest['items']): Promise<void> {
  let offset = 0;
  for await (const page of itemPages(items)) {
    await batch.addItems(page, offset);
    offset += page.length;
  }
  await batch.close();
}

/** The batch takes no more: it had been given all, or somebody has cancelled it. Its result says which. */
function unlessClosed(error: unknown): void {
  const cause = rootCause(error);
  const isClosed = cause instanceof ApplicationFailure && cause.type === FAILURE_TYPES.batchClosed;
  if (!isClosed && !(error instanceof WorkflowNotFoundError)) throw error;
}
