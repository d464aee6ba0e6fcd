import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { readChildPlaces } from '../contracts/run-action-group.js';
import type { AddItems, BatchItem, BatchRun, PageReceipt } from '../contracts/enrich-batch.js';
import { runRecord } from '../model/batch-progress.js';
import { UPDATES, FAILURE_TYPES } from '../model/names.js';
import { runsOfChild } from '../rows/child-runs.js';
import type { ChildRun } from '../rows/child-runs.js';
import { MAX_PAGE_BYTES, MAX_PAGE_ITEMS } from '../model/batch-item.js';
import { jsonBytes } from '../model/json.js';
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

/** What only a batch can do. */
export interface BatchHandle {
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
export function batchHandle(client: Client, workflowId: string): BatchHandle {
  const batch = client.workflow.getHandle(workflowId);
  return {
    addItems: (items, offset) => {
      const args: [AddItems] = [{ items, offset }];
      return withRetries(
        () => batch.executeUpdate<PageReceipt, [AddItems]>(UPDATES.addItems, { args }),
        isWorthRepeating,
      );
    },
    close: () => withRetries(() => batch.executeUpdate<CloseReceipt, []>(UPDATES.close), isNotReady),
    runs: async (n) => {
      const child = `${workflowId}/${n}`;
      const runs = await withRetries(() => placedRuns(client, child));
      return runs.map((run) => recordOf(child, run));
    },
  };
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
  const { memo } = await client.workflow.getHandle(workflowId).describe();
  const places = readChildPlaces(memo);
  const runs = runsOfChild(
    await endOf(client, workflowId),
    places.map(({ length }) => length),
  );
  return runs.flatMap((parts, run) =>
    parts.map((part) => ({ ...part, places: part.places.flatMap((at) => places[run]?.[at] ?? []) })),
  );
}

function recordOf(workflowId: string, { places, summary, isReused }: PlacedRun): BatchRun {
  return { ...runRecord(workflowId, places, summary), ...(isReused ? { reused: true } : {}) };
}
