import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import type {
  AddItems,
  BatchItem,
  BatchProgress,
  BatchRun,
  EnrichBatchResult,
  PageReceipt,
} from '../contracts/enrich-batch.js';
import { readChildPlaces } from '../contracts/run-action-group.js';
import { MAX_PAGE_BYTES, MAX_PAGE_ITEMS } from '../model/batch/batch-item.js';
import { runRecord } from '../model/batch/batch-progress.js';
import { jsonBytes } from '../model/json.js';
import { FAILURE_TYPES, QUERIES, UPDATES } from '../model/names.js';
import { runsOfChild } from '../rows/child-runs.js';
import type { ChildRun } from '../rows/child-runs.js';
import { translated } from './errors.js';
import { handleOf } from './handle.js';
import type { Handle } from './handle.js';
import type { Place } from './rows.js';
import { endOf, isNotReady, withRetries } from './temporal-calls.js';

/** Pages that fit into an update. */
export async function* itemPages(items: Iterable<BatchItem> | AsyncIterable<BatchItem>): AsyncGenerator<BatchItem[]> {
  let page: BatchItem[] = [];
  let bytes = 2;
  for await (const item of items) {
    const ofItem = jsonBytes(item) + 1;
    if (page.length === MAX_PAGE_ITEMS || (page.length > 0 && bytes + ofItem > MAX_PAGE_BYTES)) {
      yield page;
      page = [];
      bytes = 2;
    }
    page.push(item);
    bytes += ofItem;
  }
  if (page.length > 0) yield page;
}

/** The answer to `close`. */
type CloseReceipt = Pick<PageReceipt, 'total' | 'distinct'>;

/** An `enrichBatch`. */
export interface BatchHandle extends Handle<BatchProgress, EnrichBatchResult> {
  /**
   * Streams a page of at most 1,000 items and 128 KiB; waits while many items wait already.
   *
   * @param offset how many items were given before this page: with it a page may be sent again, and is taken once
   */
  addItems(items: readonly BatchItem[], offset: number): Promise<PageReceipt>;
  /** No more items will come. */
  close(): Promise<CloseReceipt>;
  /**
   * Waits for child number `n` (below `childrenStarted` of the status) and gives its action_runs: where its rows are. Of an
   * item that was run again, the child with the highest number has the row.
   */
  runs(n: number): Promise<BatchRun[]>;
}

/** Makes the handle of the batch with this id. */
export function batchHandle(place: Place, workflowId: string): BatchHandle {
  const batch = place.client.workflow.getHandle(workflowId);
  const addPage = (page: AddItems) => batch.executeUpdate<PageReceipt, [AddItems]>(UPDATES.addItems, { args: [page] });
  const close = () => batch.executeUpdate<CloseReceipt, []>(UPDATES.close);
  return {
    ...handleOf<BatchProgress, EnrichBatchResult>(place, workflowId, QUERIES.progress),
    addItems: (items, offset) => translated(() => withRetries(() => addPage({ items, offset }), isWorthRepeating)),
    close: () => translated(() => withRetries(close, isNotReady)),
    runs: async (n) => {
      const child = `${workflowId}/${n}`;
      const runs = await translated(() => placedRuns(place.client, child));
      return runs.map((run) => recordOf(child, run));
    },
  };
}

/** Sends a batch these items; `isAll` says that no more will come. One that takes no more is not sent the rest: its result says why. */
export async function sendItems(
  batch: BatchHandle,
  items: Iterable<BatchItem> | AsyncIterable<BatchItem>,
  { isAll }: { readonly isAll: boolean },
): Promise<void> {
  let offset = 0;
  try {
    for await (const page of itemPages(items)) {
      await batch.addItems(page, offset);
      offset += page.length;
    }
    if (isAll) await batch.close();
  } catch (error) {
    if (!isClosed(error)) throw error;
  }
}

/** True for the answer of a batch that takes no more: it had been given all, was cancelled, or has ended. */
export function isClosed(error: unknown): boolean {
  if (error instanceof WorkflowNotFoundError) return true;
  if (error instanceof ApplicationFailure && error.type === FAILURE_TYPES.batchClosed) return true;
  return error instanceof Error && isClosed(error.cause);
}

/** Pages carry their offset, so that one which got through after all is taken once. */
function isWorthRepeating(error: unknown): boolean {
  return isTryAgain(error) || isNotReady(error);
}

/** The batch had no room for the page just now: nothing of it was taken. */
function isTryAgain(error: unknown): boolean {
  if (error instanceof ApplicationFailure) return error.type === FAILURE_TYPES.tryAgain;
  return error instanceof Error && isTryAgain(error.cause);
}

/** An action_run of a child that has ended, and the places of its items in the batch. */
export type PlacedRun = ChildRun;

/** Waits for a child of a batch, and gives what became of its action_runs. */
export async function placedRuns(client: Client, workflowId: string): Promise<PlacedRun[]> {
  const { memo } = await withRetries(() => client.workflow.getHandle(workflowId).describe());
  const places = readChildPlaces(memo);
  const end = await withRetries(() => endOf(client, workflowId));
  const runs = runsOfChild(
    end,
    places.map(({ length }) => length),
  );
  return runs.flatMap((parts, run) =>
    parts.map((part) => ({ ...part, places: part.places.flatMap((at) => places[run]?.[at] ?? []) })),
  );
}

function recordOf(workflowId: string, { places, summary, isReused }: PlacedRun): BatchRun {
  return { ...runRecord(workflowId, places, summary), ...(isReused ? { reused: true } : {}) };
}
