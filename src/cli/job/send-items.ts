import type { BatchItem } from '../../contracts/enrich-batch.js';
import { MAX_PAGE_BYTES, MAX_PAGE_ITEMS } from '../../model/batch-page.js';
import { jsonBytes } from '../../model/text.js';
import type { InputStore } from './input-store.js';
import type { ResultStore } from './result-store.js';
import type { Batch } from './batch.js';

/**
 * Sends the distinct items that the batch does not have yet, page by page, and closes it. A page whose arrival was not noted
 * is sent again after a kill: its offset tells the batch.
 */
export async function sendItems(
  batch: Pick<Batch, 'addItems' | 'close'>,
  input: InputStore,
  results: ResultStore,
): Promise<void> {
  const marks = await results.marks();
  if (marks.closed) return;
  let { sent } = marks;
  for await (const page of itemPages(input.items(sent))) {
    await batch.addItems(page, sent);
    sent += page.length;
    await results.setMarks({ sent });
  }
  await batch.close();
  await results.setMarks({ closed: true });
}

/** Pages that fit an update. */
export async function* itemPages(items: AsyncIterable<BatchItem>): AsyncGenerator<BatchItem[]> {
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
