import type { BatchItem, BatchRun, EnrichBatchResult } from '../../contracts/enrich-batch.js';
import type { ActionResult } from '../../contracts/soar/action-result.js';
import { fromRanges } from '../../model/batch-queue.js';
import type { SoarClient } from '../../soar/client.js';
import { rowsOfRun } from './item-row.js';
import type { ItemRow } from './item-row.js';

const PAGE_SIZE = 100;

/** Reads the rows of a finished batch from SOAR: one for each of its distinct items, in their order. */
export async function readRows(
  soar: SoarClient,
  result: EnrichBatchResult,
  distinct: readonly BatchItem[],
): Promise<ItemRow[]> {
  const rows: ItemRow[] = Array.from({ length: distinct.length }, () => NOT_RUN);
  for (const run of result.runs) {
    const places = fromRanges(run.items);
    const items = places.map((place) => distinct[place]).filter((item) => item !== undefined);
    const rowsByIndex = rowsOfRun(run, items, await readResults(soar, run));
    // Runs come in the order they were started: of an item that was run again, the later row stays.
    for (const [index, place] of places.entries()) rows[place] = rowsByIndex[index] ?? NOT_RUN;
  }
  return rows;
}

const NOT_RUN: ItemRow = {
  status: 'cancelled',
  message: 'The batch was cancelled before this one was run.',
  fields: {},
  actionRunId: null,
};

async function readResults(soar: SoarClient, { appRunIds }: BatchRun): Promise<ActionResult[]> {
  const results: ActionResult[] = [];
  for (const appRunId of appRunIds) {
    for (let page = 0, pages = 1; page < pages; page++) {
      const { data, num_pages } = await soar.listActionResults(appRunId, { page, pageSize: PAGE_SIZE });
      results.push(...data);
      pages = num_pages;
    }
  }
  return results;
}
