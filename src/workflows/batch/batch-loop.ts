import { allHandlersFinished, ApplicationFailure, condition, workflowInfo } from '@temporalio/workflow';
import type { BatchProgress, EnrichBatchInput, EnrichBatchResult, PageReceipt } from '../../contracts/enrich-batch.js';
import { MAX_PAGE_BYTES } from '../../model/batch/batch-item.js';
import type { BatchItem, ItemPage } from '../../model/batch/batch-item.js';
import { emptyProgress, pace, runRecord } from '../../model/batch/batch-progress.js';
import type { RowsReady } from '../../model/batch/batch-progress.js';
import { FAILURE_TYPES } from '../../model/names.js';
import { MAX_INLINE_ITEMS_BYTES, mayRunAgain } from '../../model/options.js';
import { toRanges } from '../../model/batch/ranges.js';
import { mayHaveRun, outcomeOf } from '../../model/batch/pack-outcome.js';
import { declaredType } from '../calls/named.js';
import type { Stop } from '../cancellation.js';
import { enter, mustLeave, resultOf } from './continue-as-new.js';
import type { CarriedBatch, Ledger } from './continue-as-new.js';
import { BatchChild, ChildrenInFlight } from './children.js';
import type { SummarizedPart } from './children.js';
import { DistinctItems } from './dedupe.js';
import { BatchView } from './handlers.js';
import { BatchQueue, roomFor } from './queue.js';
import type { Room } from './queue.js';
import { followUp, placesOf } from './retry.js';

/** How the work of one run of the workflow ends: the batch is over, or it goes on in the next run. */
type BatchEnd =
  | { readonly result: EnrichBatchResult; readonly next?: never }
  | { readonly next: CarriedBatch; readonly result?: never };

/** Items that may wait, as JSON: more are taken only when some of these have been run. */
const BUFFER_BYTES = 256 * 1024;

/** What waits, what is in flight, what has become of the rest. */
export class Batch {
  readonly #view: BatchView;
  readonly #items: DistinctItems;
  readonly #queue: BatchQueue;
  readonly #inFlight = new ChildrenInFlight();
  #ledger: Ledger;
  #childrenStarted: number;
  #maxRunsInFlight: number | undefined;
  /**
   * What may still come: `open` takes more items; `closed` takes none; `drained` is the end of this run of the workflow, which
   * takes pages that were let in before and hands them on.
   */
  #intake: 'open' | 'closed' | 'drained';
  #closed: boolean;
  #paused: boolean;
  #lastChangeMs = Date.now();
  #isRepeatable: Promise<boolean> | undefined;

  constructor(
    readonly input: EnrichBatchInput,
    readonly from: CarriedBatch,
    readonly stop: Stop,
  ) {
    this.#view = new BatchView(input.request.action);
    this.#items = new DistinctItems(from.intake);
    const { itemsPerRun } = from.options;
    this.#queue = new BatchQueue({ itemsPerRun, requestFields: input.requestFields ?? [] }, from.queue);
    this.#ledger = from.ledger;
    this.#childrenStarted = from.childrenStarted;
    this.#maxRunsInFlight = from.maxRunsInFlight ?? undefined;
    this.#closed = from.closed;
    this.#intake = from.closed ? 'closed' : 'open';
    this.#paused = from.paused;
  }

  async execute(): Promise<BatchEnd> {
    this.#show();
    const passedOn = this.stop.requested().then(() => this.#inFlight.cancel(this.#cancelReason));
    while (await this.#hasNext()) this.#launchNext();
    this.#intake = 'drained';
    await condition(allHandlersFinished);
    if (this.stop.request()) await passedOn;
    return this.#isOver() ? { result: this.#conclude() } : { next: this.#carried() };
  }

  enqueue(items: readonly BatchItem[]): readonly number[] {
    const { fresh, places } = this.#items.take(items);
    for (const entry of fresh) this.#queue.add(entry);
    return places;
  }

  /** Waits until a child can start; false once nothing is in flight and the batch is over, or its history has grown too long. */
  async #hasNext(): Promise<boolean> {
    const isDrained = (): boolean => this.#inFlight.count === 0 && (this.#isOver() || this.#mustLeave());
    for (;;) {
      await condition(() => this.#canLaunch() || isDrained());
      if (this.#canLaunch()) return true;
      // A pause may have come between the condition and here.
      if (isDrained()) return false;
    }
  }

  #canLaunch(): boolean {
    if (this.#mustLeave()) return false;
    if (this.#queue.hasBegun) return true;
    if (this.#paused || this.stop.request() || this.#room().runs === 0) return false;
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
    const hasStartedSome = this.#childrenStarted > this.from.childrenStarted;
    if (!canBeCarried || !hasStartedSome || this.stop.request()) return false;
    const carriedBytes = this.#queue.bytes + this.#items.bytes + this.#ledger.runsBytes;
    return mustLeave(workflowInfo(), { childrenInFlight: this.#inFlight.count, carriedBytes });
  }

  #room(): Room {
    return roomFor(this.#inFlight, this.from.options.itemsPerRun, this.#maxRunsInFlight);
  }

  #launchNext(): void {
    const begun = this.#queue.nextBegun();
    const packs = begun ? [begun] : this.#queue.next(this.#room());
    const { input } = this;
    const { options, origin, key } = this.from;
    const child = new BatchChild({ input, options, origin, key }, this.#childrenStarted++, packs);
    this.#inFlight.add(child);
    if (this.stop.request()) void child.cancel(this.#cancelReason);
    void this.#follow(child);
  }

  async #follow(child: BatchChild): Promise<void> {
    const { parts, begun } = await child.run();
    const isOpen = parts.some(({ pack, summary }) => mayHaveRun(summary, pack.entries.length));
    const isRepeatable = isOpen && (await (this.#isRepeatable ??= this.#findRepeatable()));
    for (const part of parts) this.#enter(child.workflowId, part, isRepeatable);
    this.#queue.runAgain(begun);
    this.#inFlight.remove(child);
    this.#lastChangeMs = Date.now();
    this.#show();
  }

  #enter(workflowId: string, { pack, summary, reused }: SummarizedPart, isRepeatable: boolean): void {
    const outcome = outcomeOf(summary, pack.entries.length, isRepeatable);
    const { succeeded, failed, again } = followUp(pack, outcome, this.from.options.itemAttempts);
    const run = { ...runRecord(workflowId, placesOf(pack), summary), ...(reused ? ({ reused: true } as const) : {}) };
    this.#ledger = enter(this.#ledger, run, { succeeded: succeeded.length, failed: failed.length });
    this.#queue.runAgain(again);
  }

  /** Whether the action may be run twice; a batch that is stopped runs nothing again. */
  async #findRepeatable(): Promise<boolean> {
    const { action, type } = this.input.request;
    const { whenUncertain } = this.from.options.run;
    const declared = (): Promise<string | null> => declaredType(action);
    return (await this.stop.unlessStopped(() => mayRunAgain({ whenUncertain, type }, declared))) ?? false;
  }

  async addItems({ items, offset }: ItemPage): Promise<PageReceipt> {
    // While the last children end before continue-as-new, pages wait too: each would make the history longer.
    const hasRoom = (): boolean => this.#queue.bytes < BUFFER_BYTES && !this.#mustLeave();
    await condition(() => hasRoom() || this.#intake !== 'open' || this.stop.request() !== undefined);
    this.#requireMore();
    const known = this.#items.total - (offset ?? this.#items.total);
    if (known < 0) {
      const message = `offset: ${this.#items.total} items are here, so it must not be ${String(offset)}.`;
      throw ApplicationFailure.nonRetryable(message, FAILURE_TYPES.invalidItems);
    }
    const places = this.enqueue(items.slice(known));
    const { total, distinct } = this.#items;
    return { total, distinct, places: toRanges(places) };
  }

  close(): Pick<PageReceipt, 'total' | 'distinct'> {
    this.#closed = true;
    if (this.#intake === 'open') this.#intake = 'closed';
    this.#show();
    const { total, distinct } = this.#items;
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
    const { batchClosed, tryAgain } = FAILURE_TYPES;
    if (this.stop.request()) throw ApplicationFailure.nonRetryable('The batch was cancelled.', batchClosed);
    if (this.#closed)
      throw ApplicationFailure.nonRetryable('The batch is closed: no more items can come.', batchClosed);
    if (this.#queue.bytes <= MAX_INLINE_ITEMS_BYTES - MAX_PAGE_BYTES) return;
    throw ApplicationFailure.nonRetryable('Many items wait already: send this page again.', tryAgain);
  }

  get #cancelReason(): string {
    return this.stop.request()?.reason ?? 'The batch was cancelled.';
  }

  progress(): BatchProgress {
    const { succeeded, failed, reused } = this.#ledger;
    const { total, distinct } = this.#items;
    const { startTimeMs } = this.from;
    const done = succeeded + failed;
    return {
      ...emptyProgress(startTimeMs),
      ...{ total, distinct, done, succeeded, failed, reused },
      itemsWaiting: this.#queue.count,
      runsInFlight: this.#inFlight.runs,
      childrenStarted: Math.min(this.#childrenStarted, this.#inFlight.firstNotStarted),
      closed: this.#closed,
      paused: this.#paused,
      cancelRequested: this.stop.request() !== undefined,
      ...pace(done, distinct - done, this.#lastChangeMs - startTimeMs),
    };
  }

  /** Up to which place, from this one on, no row will change any more. */
  rowsReady(from: number): RowsReady {
    const open = [...this.#queue.places(), ...this.#inFlight.places()];
    const ready = open.reduce((least, place) => (place >= from && place < least ? place : least), this.#items.distinct);
    return { ready, childrenStarted: this.progress().childrenStarted };
  }

  #show(): void {
    this.#view.show(this.progress());
  }

  #carried(): CarriedBatch {
    return {
      ...this.from,
      intake: this.#items.carried(this.#closed),
      queue: this.#queue.carried(),
      ledger: this.#ledger,
      childrenStarted: this.#childrenStarted,
      closed: this.#closed,
      paused: this.#paused,
      maxRunsInFlight: this.#maxRunsInFlight ?? null,
    };
  }

  #conclude(): EnrichBatchResult {
    const { total, distinct, childrenStarted } = this.progress();
    const result = resultOf(this.#ledger, { total, distinct, childrenStarted, isStopped: !!this.stop.request() });
    this.#view.publish(this.progress(), result.outcome, result.outcome);
    return result;
  }
}
