import type { BatchItem } from '../contracts/enrich-batch.js';
import { MAX_PAGE_BYTES, MAX_PAGE_ITEMS } from '../model/batch-item.js';
import { jsonBytes } from '../model/json.js';

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
