import {
  CancelledFailure,
  CancellationScope,
  ChildWorkflowFailure,
  defineQuery,
  defineSignal,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { ChildWorkflowHandle, ChildWorkflowOptions } from '@temporalio/workflow';
import type { SoarActivities } from '../activities/index.js';
import type {
  BatchItem,
  BatchProgress,
  BatchRun,
  EnrichBatchInput,
  EnrichBatchResult,
} from '../contracts/enrich-batch.js';
import type { RunActionRequest } from '../contracts/run-action.js';
import { BATCH_PRIORITY_KEY, readBatchOptions } from '../model/batch-options.js';
import type { BatchOptions } from '../model/batch-options.js';
import { deduplicate, pack } from '../model/batch-plan.js';
import type { Pack } from '../model/batch-plan.js';
import { batchProgress, brokenRun, describeBatch, finishedRun } from '../model/batch-state.js';
import { readCancelReason } from '../model/cancel-reason.js';
import { QUERIES, SIGNALS, WORKFLOW_TYPES } from '../model/names.js';
import type { runAction } from './run-action.js';
import { KEYS } from './search-attributes.js';
import { Stop } from './stop.js';
import { inWindow } from './window.js';

const progressQuery = defineQuery<BatchProgress>(QUERIES.progress);
const cancelSignal = defineSignal<[unknown?]>(SIGNALS.cancel);

const { checkBatch } = proxyLocalActivities<SoarActivities>({ startToCloseTimeout: '10s' });

/**
 * Runs one action on many parameter sets: duplicates are dropped, the rest is packed many to an action_run, and a window
 * of `runAction` children sees them through.
 *
 * @returns the totals, and for every action_run where its rows are; the rows themselves stay in SOAR
 */
export async function enrichBatch(input: EnrichBatchInput): Promise<EnrichBatchResult> {
  await checkBatch(input);
  const batch = new Batch(input);
  const result = await CancellationScope.nonCancellable(() => batch.story());
  if (result.outcome === 'cancelled' && batch.stop.request()?.by === 'temporal')
    throw new CancelledFailure('The batch was cancelled.');
  return result;
}

class Batch {
  readonly stop = new Stop();
  readonly #options: BatchOptions;
  readonly #packs: readonly Pack<BatchItem>[];
  readonly #inFlight = new Set<ChildWorkflowHandle<typeof runAction>>();
  readonly #runs: BatchRun[] = [];
  readonly #distinct: number;

  constructor(readonly input: EnrichBatchInput) {
    const { distinct } = deduplicate(input.items);
    this.#options = readBatchOptions(input.options);
    this.#distinct = distinct.length;
    this.#packs = pack(distinct, this.#options.itemsPerRun);
    setHandler(progressQuery, () => this.#progress(), { description: 'How many items are done, succeeded, failed.' });
    setHandler(
      cancelSignal,
      (argument) => {
        this.#requestCancel(argument);
      },
      {
        description: 'Stop the batch and cancel its runs in SOAR. Optional argument: a reason, or { reason }.',
      },
    );
  }

  async story(): Promise<EnrichBatchResult> {
    this.#show();
    const passedOn = this.stop.requested().then(() => this.#cancelRunsInFlight());
    await inWindow(this.#packs, this.#options.maxRunsInFlight, (next) => this.#run(next));
    if (this.stop.request()) await passedOn;
    return this.#conclude();
  }

  /** Never fails: what went wrong with one run is that run's result. */
  async #run({ firstItem, items }: Pack<BatchItem>): Promise<void> {
    if (this.stop.request()) return;
    const workflowId = `${workflowInfo().workflowId}/${firstItem}`;
    try {
      const child = await startChild<typeof runAction>(WORKFLOW_TYPES.runAction, this.#childOptions(workflowId, items));
      this.#inFlight.add(child);
      this.#show();
      if (this.stop.request()) await this.#cancelRun(child);
      const result = await child.result();
      this.#inFlight.delete(child);
      this.#runs.push(finishedRun(workflowId, firstItem, items.length, result));
    } catch (error) {
      this.#runs.push(brokenRun(workflowId, firstItem, items.length, reasonOf(error)));
    }
    this.#show();
  }

  #childOptions(
    workflowId: string,
    items: readonly BatchItem[],
  ): ChildWorkflowOptions & { args: Parameters<typeof runAction> } {
    const batchId = workflowInfo().workflowId;
    return {
      workflowId,
      args: [withParameters(this.input.request, items), { ...this.input.options?.run, inlineResultBytes: 0 }],
      parentClosePolicy: 'REQUEST_CANCEL',
      priority: { priorityKey: BATCH_PRIORITY_KEY, fairnessKey: batchId.slice(-64) },
      typedSearchAttributes: [{ key: KEYS.batch, value: batchId }],
      staticSummary: `${this.input.request.action}: ${items.length} items`,
    };
  }

  #requestCancel(argument: unknown): void {
    const reason = readCancelReason(argument);
    this.stop.because({ by: 'signal', ...(reason === undefined ? {} : { reason }) });
  }

  async #cancelRunsInFlight(): Promise<void> {
    await Promise.all([...this.#inFlight].map((child) => this.#cancelRun(child)));
  }

  /** By signal, so that the run still says what became of it. One that has just ended needs no cancel. */
  async #cancelRun(child: ChildWorkflowHandle<typeof runAction>): Promise<void> {
    await child
      .signal(cancelSignal, { reason: this.stop.request()?.reason ?? 'The batch was cancelled.' })
      .catch(() => undefined);
  }

  #progress(): BatchProgress {
    const totals = { total: this.input.items.length, distinct: this.#distinct, runsPlanned: this.#packs.length };
    const cancelRequested = this.stop.request() !== undefined;
    return batchProgress(totals, this.#runs, { runsInFlight: this.#inFlight.size, cancelRequested });
  }

  #show(): void {
    setCurrentDetails(describeBatch(this.input.request.action, this.#progress()));
  }

  #conclude(): EnrichBatchResult {
    const { total, distinct, succeeded } = this.#progress();
    const runs = this.#runs.toSorted((a, b) => a.firstItem - b.firstItem);
    const outcome = this.stop.request() ? 'cancelled' : succeeded > 0 ? 'success' : 'failed';
    upsertSearchAttributes([{ key: KEYS.state, value: outcome }]);
    return { outcome, total, distinct, succeeded, failed: distinct - succeeded, runs };
  }
}

function withParameters(request: RunActionRequest, parameters: readonly BatchItem[]): RunActionRequest {
  return { ...request, targets: request.targets.map((target) => ({ ...target, parameters: [...parameters] })) };
}

function reasonOf(error: unknown): string {
  if (error instanceof ChildWorkflowFailure) return reasonOf(error.cause);
  return error instanceof Error ? error.message : String(error);
}
