import { Client } from '@temporalio/client';
import type { Connection, ConnectionOptions, WorkflowExecutionInfo } from '@temporalio/client';
import { checkEnrichBatchInput } from '../contracts/enrich-batch.js';
import type { BatchItem, EnrichBatchInput } from '../contracts/enrich-batch.js';
import { checkRun } from '../contracts/run-action.js';
import type { RunActionOptions, RunActionRequest } from '../contracts/run-action.js';
import type { Checked } from '../contracts/validate.js';
import { SOAR_ERROR_CODES } from '../model/error-codes.js';
import { jsonBytes } from '../model/json.js';
import { DEFAULT_TASK_QUEUE, quoted, WORKFLOW_TYPES } from '../model/names.js';
import { KEYS, SEARCH_ATTRIBUTES } from '../model/search-attributes.js';
import { MAX_INLINE_ITEMS_BYTES } from '../model/options.js';
import { batchHandle, sendItems } from './batch-handle.js';
import type { BatchHandle } from './batch-handle.js';
import { InvalidInput, NoSuchWorkflow, TemporalUnavailable, toClientError, translated } from './errors.js';
import { actionHandle } from './handle.js';
import type { ActionHandle } from './handle.js';
import type { Place } from './rows.js';
import { startOnce } from './start-once.js';
import { connectTo } from './temporal-calls.js';
import { CONNECTION_OPTIONS, whyUnreachable } from './why-unreachable.js';

/** Where Temporal is, and which task queue the workers serve. */
export interface SoarRunnerOptions extends ConnectionOptions {
  /** Default: `default`. */
  readonly namespace?: string;
  /** Default: `soar-runner`. */
  readonly taskQueue?: string;
}

/** Input of a batch: its items come from a list, a generator or a stream, or by `addItems` of its handle. */
export type BatchRequest = Omit<EnrichBatchInput, 'items'> & {
  readonly items?: Iterable<BatchItem> | AsyncIterable<BatchItem> | null | undefined;
};

/** A workflow of ours in a list. */
export interface ListedWorkflow {
  readonly workflowId: string;
  readonly type: string;
  /** The phase of a running action, the outcome of an ended one; Temporal's own word if there is none. */
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
  #closing: Promise<void> | undefined;

  private constructor(
    readonly client: Client,
    taskQueue: string,
    private readonly connection: Connection | undefined,
  ) {
    this.place = { client, taskQueue };
  }

  /** @throws TemporalUnavailable if nothing answers there */
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
   * @throws InvalidInput before anything is sent, and IdempotencyConflict if the key has another request
   */
  async runAction(key: string, request: RunActionRequest, options?: RunActionOptions): Promise<ActionHandle> {
    requireValid(checkRun({ request, options }));
    const summary = `${request.action} in container ${request.container_id}`;
    await this.#start(WORKFLOW_TYPES.runAction, key, summary, options ? [request, options] : [request]);
    return this.action(key);
  }

  /** The action of this key, whoever started it. */
  action(key: string): ActionHandle {
    return actionHandle(this.place, key);
  }

  /**
   * Starts a batch likewise, and resolves once it has all items that are given here. More may come by `addItems` if none are, or
   * with `streamed: true`; then the caller says when there are no more, by `close`.
   *
   * @param memo what a new workflow keeps beside its input, for its caller to know it again
   */
  async enrichBatch(key: string, request: BatchRequest, memo?: Readonly<Record<string, string>>): Promise<BatchHandle> {
    const { items, ...rest } = request;
    const inline = isShortList(items) ? { items } : undefined;
    const input = inline || !items ? { ...rest, ...inline } : { ...rest, streamed: true };
    requireValid(checkEnrichBatchInput(input));
    const summary = `${request.request.action} on ${inline?.items.length ?? 'streamed'} items`;
    await this.#start(WORKFLOW_TYPES.enrichBatch, key, summary, [input], memo);
    const batch = this.batch(key);
    if (items && !inline) await sendItems(batch, items, { isAll: !request.streamed });
    return batch;
  }

  /** The batch of this key. */
  batch(key: string): BatchHandle {
    return batchHandle(this.place, key);
  }

  /** What the key names. @throws NoSuchWorkflow if that is neither an action nor a batch */
  async find(key: string): Promise<ActionHandle | BatchHandle> {
    const { type } = await translated(() => this.client.workflow.getHandle(key).describe());
    if (type === WORKFLOW_TYPES.runAction) return this.action(key);
    if (type === WORKFLOW_TYPES.enrichBatch) return this.batch(key);
    const message = `"${key}" is of the type ${type}, and neither a runAction nor an enrichBatch.`;
    throw new NoSuchWorkflow('NOT_FOUND', message);
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

  /** Closes the connection that `connect` has made, once however often it is asked; a client of the caller's stays open. */
  close(): Promise<void> {
    return (this.#closing ??= Promise.resolve(this.connection?.close()));
  }

  #start(type: string, workflowId: string, summary: string, args: unknown[], memo?: Record<string, string>) {
    const { client, taskQueue } = this.place;
    const options = { workflowId, taskQueue, summary, args, ...(memo ? { memo } : {}) };
    return translated(() => startOnce(client, type, options));
  }
}

/** {@link SoarRunner.on}, by the name that it had before there was a class. */
export function createSoarRunnerClient(client: Client, taskQueue?: string): SoarRunner {
  return SoarRunner.on(client, taskQueue);
}

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

function requireValid(checked: Checked<unknown>): void {
  if (!checked.ok) throw new InvalidInput(SOAR_ERROR_CODES.INVALID_REQUEST, checked.problems);
}

/** A list that the start has room for goes with it, and its key is then the key of these items. */
function isShortList(items: BatchRequest['items']): items is readonly BatchItem[] {
  return Array.isArray(items) && items.length > 0 && jsonBytes(items) <= MAX_INLINE_ITEMS_BYTES;
}
