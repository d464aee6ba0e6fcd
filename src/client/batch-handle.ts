import { WorkflowFailedError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { readChildPlaces } from '../contracts/run-action-group.js';
import type { AddItems, BatchItem, BatchRun, PageReceipt } from '../contracts/enrich-batch.js';
import type { GroupedRunSummary } from '../contracts/run-action-group.js';
import { runRecord } from '../model/batch-progress.js';
import { UPDATES, FAILURE_TYPES, WORKFLOW_TYPES } from '../model/names.js';
import { rootCause, summaryOfFailure, summaryOfRun } from '../model/pack-outcome.js';
import { fromRanges } from '../model/ranges.js';
import type { runActionGroup } from '../workflows/group/run-action-group.js';
import type { runAction } from '../workflows/run/run-action.js';
import { MAX_PAGE_BYTES, MAX_PAGE_ITEMS } from '../model/batch-item.js';
import { jsonBytes } from '../model/json.js';
import { isNotReady, withRetries } from './temporal-calls.js';

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
    runs: (n) => withRetries(() => runsOf(client, `${workflowId}/${n}`)),
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

async function runsOf(client: Client, workflowId: string): Promise<BatchRun[]> {
  const { type, memo } = await client.workflow.getHandle(workflowId).describe();
  const places = readChildPlaces(memo);
  try {
    if (type === WORKFLOW_TYPES.runActionGroup) {
      const { runs } = await client.workflow.getHandle<typeof runActionGroup>(workflowId).result();
      return runs.map((run) => groupedRecord(workflowId, places[run.index] ?? [], run));
    }
    const result = await client.workflow.getHandle<typeof runAction>(workflowId).result();
    return [runRecord(workflowId, places.flat(), summaryOfRun(result))];
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return places.map((of) => runRecord(workflowId, of, summaryOfFailure(rootCause(error).message)));
  }
}

function groupedRecord(workflowId: string, places: readonly number[], run: GroupedRunSummary): BatchRun {
  const own = fromRanges(run.items, places.length).flatMap((at) => places[at] ?? []);
  return { ...runRecord(workflowId, own, run), ...(run.reused ? { reused: true } : {}) };
}
