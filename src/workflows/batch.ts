import {
  ApplicationFailure,
  condition,
  defineSignal,
  defineUpdate,
  setCurrentDetails,
  setHandler,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { ChildWorkflowHandle, ChildWorkflowOptions } from '@temporalio/workflow';
import type {
  BatchItem,
  BatchProgress,
  BatchRun,
  EnrichBatchInput,
  EnrichBatchResult,
} from '../contracts/enrich-batch.js';
import type { RunActionRequest } from '../contracts/run-action.js';
import { changesSomething } from '../model/action-type.js';
import { BATCH_PRIORITY_KEY, MAX_RUNS_IN_FLIGHT, readBatchOptions } from '../model/batch-options.js';
import type { BatchOptions } from '../model/batch-options.js';
import { deduplicate } from '../model/batch-plan.js';
import { followUp, packAll } from '../model/batch-queue.js';
import type { Pack, PackOutcome } from '../model/batch-queue.js';
import { brokenRecord, describeBatch, outcomeOfFailure, outcomeOfRun, runRecord } from '../model/batch-state.js';
import { readCancelReason } from '../model/cancel-reason.js';
import { SIGNALS, UPDATES, WORKFLOW_TYPES } from '../model/names.js';
import { refusalOfPost, rootCause } from './failures.js';
import type { runAction } from './run-action.js';
import { KEYS } from './search-attributes.js';
import { Stop } from './stop.js';

const cancelSignal = defineSignal<[unknown?]>(SIGNALS.cancel);
const pauseSignal = defineSignal(SIGNALS.pause);
const resumeSignal = defineSignal(SIGNALS.resume);
const setMaxRunsInFlightUpdate = defineUpdate<number, [number]>(UPDATES.setMaxRunsInFlight);

/** One batch's story: what waits, what is in flight, what has become of the rest. */
export class Batch {
  readonly stop = new Stop();
  readonly #options: BatchOptions;
  readonly #distinct: readonly BatchItem[];
  readonly #waiting: Pack[];
  readonly #inFlight = new Map<number, ChildWorkflowHandle<typeof runAction> | undefined>();
  readonly #runs = new Map<number, BatchRun>();
  #maxRunsInFlight: number;
  #started = 0;
  #succeeded = 0;
  #failed = 0;
  #paused = false;

  constructor(readonly input: EnrichBatchInput) {
    this.#options = readBatchOptions(input.options);
    this.#maxRunsInFlight = this.#options.maxRunsInFlight;
    this.#distinct = deduplicate(input.items).distinct;
    this.#waiting = packAll(this.#distinct.length, this.#options.itemsPerRun);
    this.#listen();
  }

  async story(): Promise<EnrichBatchResult> {
    this.#show();
    const passedOn = this.stop.requested().then(() => this.#cancelRunsInFlight());
    while (await this.#hasNext()) {
      const next = this.#waiting.shift();
      if (next) this.#launch(next);
    }
    await condition(() => this.#inFlight.size === 0);
    if (this.stop.request()) await passedOn;
    return this.#conclude();
  }

  /** Waits for room in the window; false once nothing is left to start, and nothing in flight can bring more. */
  async #hasNext(): Promise<boolean> {
    const isOver = (): boolean =>
      this.stop.request() !== undefined || (this.#waiting.length === 0 && this.#inFlight.size === 0);
    const hasRoom = (): boolean =>
      !this.#paused && this.#waiting.length > 0 && this.#inFlight.size < this.#maxRunsInFlight;
    await condition(() => isOver() || hasRoom());
    return !isOver();
  }

  #launch(pack: Pack): void {
    const number = this.#started++;
    this.#inFlight.set(number, undefined);
    void this.#run(number, pack).finally(() => {
      this.#inFlight.delete(number);
      this.#show();
    });
  }

  /** Never fails: what went wrong with one run is that run's result. */
  async #run(number: number, pack: Pack): Promise<void> {
    const workflowId = `${workflowInfo().workflowId}/${number}`;
    try {
      const child = await startChild<typeof runAction>(WORKFLOW_TYPES.runAction, this.#childOptions(workflowId, pack));
      this.#inFlight.set(number, child);
      if (this.stop.request()) await this.#cancelRun(child);
      const result = await child.result();
      this.#runs.set(number, runRecord(workflowId, pack, result));
      this.#follow(pack, outcomeOfRun(result, this.#isRepeatable));
    } catch (error) {
      this.#runs.set(number, brokenRecord(workflowId, pack, rootCause(error).message));
      this.#follow(pack, outcomeOfFailure(refusalOfPost(error)));
    }
  }

  get #isRepeatable(): boolean {
    return !changesSomething(this.input.request.type ?? '');
  }

  #follow(pack: Pack, outcome: PackOutcome): void {
    const { succeeded, failed, again } = followUp(pack, outcome, this.#options.itemAttempts);
    this.#succeeded += succeeded.length;
    this.#failed += failed.length;
    this.#waiting.push(...again);
  }

  #childOptions(workflowId: string, { places }: Pack): ChildWorkflowOptions & { args: Parameters<typeof runAction> } {
    const batchId = workflowInfo().workflowId;
    const items = places.map((place) => this.#distinct[place]).filter((item) => item !== undefined);
    return {
      workflowId,
      args: [withParameters(this.input.request, items), { ...this.input.options?.run, inlineResultBytes: 0 }],
      parentClosePolicy: 'REQUEST_CANCEL',
      priority: { priorityKey: BATCH_PRIORITY_KEY, fairnessKey: batchId.slice(-64) },
      typedSearchAttributes: [{ key: KEYS.batch, value: batchId }],
      staticSummary: `${this.input.request.action.slice(0, 60)}: ${items.length} items`,
    };
  }

  #listen(): void {
    setHandler(
      cancelSignal,
      (argument) => {
        const reason = readCancelReason(argument);
        this.stop.because({ by: 'signal', ...(reason === undefined ? {} : { reason }) });
      },
      { description: 'Stop the batch and cancel its runs in SOAR. Optional argument: a reason, or { reason }.' },
    );
    setHandler(
      pauseSignal,
      () => {
        this.#pause(true);
      },
      { description: 'Start no more action_runs; those in flight go on.' },
    );
    setHandler(
      resumeSignal,
      () => {
        this.#pause(false);
      },
      { description: 'Go on after a pause.' },
    );
    setHandler(setMaxRunsInFlightUpdate, (width) => (this.#maxRunsInFlight = width), {
      validator: requireWidth,
      description: `How many action_runs may be in flight at a time: 1 to ${MAX_RUNS_IN_FLIGHT}.`,
    });
  }

  #pause(paused: boolean): void {
    this.#paused = paused;
    this.#show();
  }

  async #cancelRunsInFlight(): Promise<void> {
    await Promise.all([...this.#inFlight.values()].map(async (child) => child && this.#cancelRun(child)));
  }

  /** By signal, so that the run still says what became of it. One that has just ended needs no cancel. */
  async #cancelRun(child: ChildWorkflowHandle<typeof runAction>): Promise<void> {
    const reason = this.stop.request()?.reason ?? 'The batch was cancelled.';
    await child.signal(cancelSignal, { reason }).catch(() => undefined);
  }

  progress(): BatchProgress {
    return {
      total: this.input.items.length,
      distinct: this.#distinct.length,
      done: this.#succeeded + this.#failed,
      succeeded: this.#succeeded,
      failed: this.#failed,
      runsWaiting: this.#waiting.length,
      runsInFlight: this.#inFlight.size,
      paused: this.#paused,
      cancelRequested: this.stop.request() !== undefined,
    };
  }

  #show(): void {
    setCurrentDetails(describeBatch(this.input.request.action, this.progress()));
  }

  #conclude(): EnrichBatchResult {
    const { total, distinct, succeeded } = this.progress();
    const runs = [...this.#runs].sort(([a], [b]) => a - b).map(([, run]) => run);
    const outcome = this.stop.request() ? 'cancelled' : succeeded > 0 ? 'success' : 'failed';
    upsertSearchAttributes([{ key: KEYS.state, value: outcome }]);
    return { outcome, total, distinct, succeeded, failed: distinct - succeeded, runs };
  }
}

function withParameters(request: RunActionRequest, parameters: readonly BatchItem[]): RunActionRequest {
  return { ...request, targets: request.targets.map((target) => ({ ...target, parameters: [...parameters] })) };
}

function requireWidth(width: unknown): void {
  if (typeof width === 'number' && Number.isInteger(width) && width >= 1 && width <= MAX_RUNS_IN_FLIGHT) return;
  throw ApplicationFailure.nonRetryable(
    `must be a whole number from 1 to ${MAX_RUNS_IN_FLIGHT}.`,
    'InvalidMaxRunsInFlight',
  );
}
