import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  proxyLocalActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { SoarActivities } from '../activities/index.js';
import type { BatchProgress, EnrichBatchInput, EnrichBatchResult, PageReceipt } from '../contracts/enrich-batch.js';
import { beginning } from '../model/batch-carry.js';
import type { CarriedBatch } from '../model/batch-carry.js';
import { Intake } from '../model/batch-intake.js';
import type { BatchItem, RequestField } from '../model/batch-item.js';
import { enter, runsInOrder } from '../model/batch-ledger.js';
import type { Ledger } from '../model/batch-ledger.js';
import { MAX_INLINE_ITEMS_BYTES, readBatchOptions } from '../model/batch-options.js';
import type { BatchOptions } from '../model/batch-options.js';
import { followUp, placesOf } from '../model/batch-pack.js';
import { MAX_PAGE_BYTES } from '../model/batch-page.js';
import type { ItemPage } from '../model/batch-page.js';
import { BatchQueue } from '../model/batch-queue.js';
import { pace, runRecord } from '../model/batch-state.js';
import { roomFor } from '../model/batch-window.js';
import { mustLeave } from '../model/history-limits.js';
import { FAILURE_TYPES } from '../model/names.js';
import { toRanges } from '../model/ranges.js';
import { mayHaveRun, outcomeOf } from '../model/run-account.js';
import { textOr } from '../model/text.js';
import { BatchChild } from './batch-child.js';
import type { AccountedPart } from './batch-child.js';
import { listenForBatch } from './batch-desk.js';
import type { Steered } from './batch-desk.js';
import { BatchView } from './batch-view.js';
import { ChildrenInFlight } from './children-in-flight.js';
import { listenForCancel } from './listen-for-cancel.js';
import { Repeatability } from './repeatability.js';
import { Stop } from './stop.js';

const { checkBatch } = proxyLocalActivities<SoarActivities>({ startToCloseTimeout: '10s' });

/** How the story of one run of the workflow ends: it is over, or it goes on in the next run. */
export type BatchEnd =
  | { readonly result: EnrichBatchResult; readonly next?: never }
  | { readonly next: CarriedBatch; readonly result?: never };

/** Items that may wait, as JSON: more are taken only when some of these have been run. */
const BUFFER_BYTES = 256 * 1024;

/** One batch's story: what waits, what is in flight, what has become of the rest. */
export class Batch implements Steered {
  readonly stop = new Stop();
  readonly #options: BatchOptions;
  readonly #view: BatchView;
  readonly #repeatability: Repeatability;
  readonly #intake: Intake;
  readonly #queue: BatchQueue;
  readonly #inFlight = new ChildrenInFlight();
  readonly #startTimeMs: number;
  /** Of this run of the workflow. */
  readonly #firstChild: number;
  #ledger: Ledger;
  #childrenStarted: number;
  #maxRunsInFlight: number | undefined;
  #closed: boolean;
  #paused: boolean;
  #isOpen: boolean;
  #isDrained = false;
  #lastChangeMs = Date.now();

  constructor(
    readonly input: EnrichBatchInput,
    carried: CarriedBatch | undefined,
  ) {
    this.#options = readBatchOptions(input.options);
    this.#view = new BatchView(actionOf(input));
    this.#repeatability = new Repeatability(input.request, this.stop);
    const from = carried ?? beginning(workflowInfo().startTime.getTime(), input, this.#options);
    this.#isOpen = carried !== undefined;
    this.#intake = new Intake(from.intake);
    const packing = { itemsPerRun: this.#options.itemsPerRun, requestFields: this.requestFields };
    this.#queue = new BatchQueue(packing, from.queue);
    this.#startTimeMs = from.startTimeMs;
    this.#ledger = from.ledger;
    this.#childrenStarted = from.childrenStarted;
    this.#firstChild = from.childrenStarted;
    this.#maxRunsInFlight = from.maxRunsInFlight ?? undefined;
    this.#closed = from.closed;
    this.#paused = from.paused;
    listenForBatch(this);
    listenForCancel(this.stop, 'Stop the batch and cancel its runs in SOAR.');
  }

  get requestFields(): readonly RequestField[] {
    return this.input.requestFields ?? [];
  }

  async story(): Promise<BatchEnd> {
    if (!this.#isOpen) await this.#open();
    this.#show();
    const passedOn = this.stop.requested().then(() => this.#inFlight.cancel(this.#cancelReason));
    while (await this.#hasNext()) this.#launchNext();
    this.#isDrained = true;
    await condition(allHandlersFinished);
    if (this.stop.request()) await passedOn;
    return this.#isOver() ? { result: this.#conclude() } : { next: this.#carried() };
  }

  async #open(): Promise<void> {
    await checkBatch(this.input);
    this.#isOpen = true;
    this.#enqueue(this.input.items ?? []);
  }

  #enqueue(items: readonly BatchItem[]): readonly number[] {
    const { fresh, places } = this.#intake.take(items);
    for (const entry of fresh) this.#queue.add(entry);
    return places;
  }

  /** Waits until a child can start; false once nothing is in flight and the batch is over, or its history has grown too long. */
  async #hasNext(): Promise<boolean> {
    const isDrained = (): boolean => this.#inFlight.count === 0 && (this.#isOver() || this.#mustLeave());
    await condition(() => this.#canLaunch() || isDrained());
    return this.#canLaunch();
  }

  #canLaunch(): boolean {
    if (this.#mustLeave()) return false;
    if (this.#queue.hasBegun) return true;
    if (this.#paused || this.stop.request() || this.#room() === 0) return false;
    const canWait = !this.#closed && this.#inFlight.count > 0 && this.#queue.bytes < BUFFER_BYTES;
    return this.#queue.hasNext(canWait);
  }

  #isOver(): boolean {
    if (this.#inFlight.count > 0 || this.#queue.hasBegun) return false;
    return this.stop.request() !== undefined || (this.#closed && this.#queue.count === 0);
  }

  /** More than one payload holds is not carried but run first, however long the history grows. */
  #mustLeave(): boolean {
    const canBeCarried = this.#queue.bytes <= MAX_INLINE_ITEMS_BYTES;
    // A run that starts nothing would hand on all that it was handed, for ever.
    const hasStartedSome = this.#childrenStarted > this.#firstChild;
    if (!canBeCarried || !hasStartedSome || this.stop.request()) return false;
    const carriedBytes = this.#queue.bytes + this.#intake.bytes + this.#ledger.runsBytes;
    return mustLeave(workflowInfo(), { childrenInFlight: this.#inFlight.count, carriedBytes });
  }

  #room(): number {
    return roomFor(this.#inFlight, this.#options.itemsPerRun, this.#maxRunsInFlight);
  }

  #launchNext(): void {
    const begun = this.#queue.nextBegun();
    const packs = begun ? [begun] : this.#queue.next(this.#room());
    const child = new BatchChild(this.input, this.#childrenStarted++, packs);
    this.#inFlight.add(child);
    if (this.stop.request()) void child.cancel(this.#cancelReason);
    void this.#see(child);
  }

  async #see(child: BatchChild): Promise<void> {
    const { parts, begun } = await child.run();
    const isOpen = parts.some(({ pack, account }) => mayHaveRun(account, pack.entries.length));
    const isRepeatable = isOpen && (await this.#repeatability.isGiven());
    for (const part of parts) this.#enter(child.workflowId, part, isRepeatable);
    this.#queue.runAgain(begun);
    this.#inFlight.remove(child);
    this.#lastChangeMs = Date.now();
    this.#show();
  }

  #enter(workflowId: string, { pack, account, reused }: AccountedPart, isRepeatable: boolean): void {
    const outcome = outcomeOf(account, pack.entries.length, isRepeatable);
    const { succeeded, failed, again } = followUp(pack, outcome, this.#options.itemAttempts);
    const run = { ...runRecord(workflowId, placesOf(pack), account), ...(reused ? ({ reused: true } as const) : {}) };
    this.#ledger = enter(this.#ledger, run, { succeeded: succeeded.length, failed: failed.length });
    this.#queue.runAgain(again);
  }

  async addItems({ items, offset }: ItemPage): Promise<PageReceipt> {
    // While the last children end before continue-as-new, pages wait too: each would make the history longer.
    const hasRoom = (): boolean => this.#isOpen && this.#queue.bytes < BUFFER_BYTES && !this.#mustLeave();
    await condition(() => hasRoom() || this.#isDrained || this.#closed || this.stop.request() !== undefined);
    this.#requireMore();
    const known = this.#intake.total - (offset ?? this.#intake.total);
    if (known < 0)
      throw invalidItems(`offset: ${this.#intake.total} items are here, so it must not be ${String(offset)}.`);
    const places = this.#enqueue(items.slice(known));
    const { total, distinct } = this.#intake;
    return { total, distinct, places: toRanges(places) };
  }

  async close(): Promise<Pick<PageReceipt, 'total' | 'distinct'>> {
    await condition(() => this.#isOpen);
    this.#closed = true;
    this.#show();
    const { total, distinct } = this.#intake;
    return { total, distinct };
  }

  pause(paused: boolean): void {
    this.#paused = paused;
    this.#show();
  }

  setMaxRunsInFlight(width: number): number {
    return (this.#maxRunsInFlight = width);
  }

  /** Items that come too late, or that nothing could carry on, are refused as a page: whoever sent them keeps them. */
  #requireMore(): void {
    if (this.stop.request()) throw batchClosed('The batch was cancelled.');
    if (this.#closed) throw batchClosed('The batch is closed: no more items can come.');
    if (this.#queue.bytes <= MAX_INLINE_ITEMS_BYTES - MAX_PAGE_BYTES) return;
    throw ApplicationFailure.nonRetryable('Many items wait already: send this page again.', FAILURE_TYPES.tryAgain);
  }

  get #cancelReason(): string {
    return this.stop.request()?.reason ?? 'The batch was cancelled.';
  }

  progress(): BatchProgress {
    const { succeeded, failed, reused } = this.#ledger;
    const { total, distinct } = this.#intake;
    const done = succeeded + failed;
    return {
      total,
      distinct,
      done,
      succeeded,
      failed,
      reused,
      itemsWaiting: this.#queue.count,
      runsInFlight: this.#inFlight.runs,
      childrenStarted: Math.min(this.#childrenStarted, this.#inFlight.firstNotStarted),
      closed: this.#closed,
      paused: this.#paused,
      cancelRequested: this.stop.request() !== undefined,
      startTime: new Date(this.#startTimeMs).toISOString(),
      ...pace(done, distinct - done, this.#lastChangeMs - this.#startTimeMs),
    };
  }

  #show(): void {
    if (this.#isOpen) this.#view.show(this.progress());
  }

  #carried(): CarriedBatch {
    return {
      startTimeMs: this.#startTimeMs,
      intake: this.#intake.carried(this.#closed),
      queue: this.#queue.carried(),
      ledger: this.#ledger,
      childrenStarted: this.#childrenStarted,
      closed: this.#closed,
      paused: this.#paused,
      maxRunsInFlight: this.#maxRunsInFlight ?? null,
    };
  }

  #conclude(): EnrichBatchResult {
    const { succeeded, reused, runsOmitted } = this.#ledger;
    const runs = runsInOrder(this.#ledger);
    const { total, distinct } = this.#intake;
    const outcome = this.stop.request() ? 'cancelled' : succeeded > 0 || distinct === 0 ? 'success' : 'failed';
    this.#view.publish(this.progress(), outcome);
    const failed = distinct - succeeded;
    const { childrenStarted } = this.progress();
    return { outcome, total, distinct, succeeded, failed, reused, childrenStarted, runs, runsOmitted };
  }
}

function batchClosed(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, FAILURE_TYPES.batchClosed);
}

function invalidItems(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, FAILURE_TYPES.invalidItems);
}

/** Nobody has checked the input yet when its batch is made. */
function actionOf({ request }: { readonly request?: unknown }): string {
  const hasAction = typeof request === 'object' && request !== null && 'action' in request;
  return textOr(hasAction ? request.action : undefined, 'unnamed action');
}
