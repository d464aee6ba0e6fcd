import type { Row, RowsPage } from '../contracts/read-rows.js';
import { jsonBytes } from '../model/json.js';

/** A page is far below Temporal's 2 MiB for a payload; a single row may be a page. */
const PAGE_BYTES = 512 * 1024;
const MAX_ROW_BYTES = 1_000_000;

/** Takes rows until there are enough, or no more bytes fit; one that no page can hold gives way to a word on where it is. */
export class PageOfRows {
  readonly #rows: Row[] = [];
  #bytes = 0;
  #isFull = false;

  constructor(
    private readonly from: number,
    private readonly limit: number,
  ) {}

  get isFull(): boolean {
    return this.#isFull || this.#rows.length >= this.limit;
  }

  take(row: Row): void {
    if (this.isFull) return;
    const fitting = fitted(row);
    const bytes = jsonBytes(fitting) + 1;
    this.#isFull = this.#rows.length > 0 && this.#bytes + bytes > PAGE_BYTES;
    if (this.#isFull) return;
    this.#rows.push(fitting);
    this.#bytes += bytes;
  }

  /** @param end the place behind the last row; `null` while that is not known */
  answer(end: number | null): RowsPage {
    const next = this.from + this.#rows.length;
    return { rows: this.#rows, next: end !== null && next >= end ? null : next };
  }
}

function fitted(row: Row): Row {
  const bytes = jsonBytes(row);
  if (bytes <= MAX_ROW_BYTES) return row;
  const where = row.appRunIds.map((id) => `app_run ${id}`).join(', ');
  const message = `The row has ${bytes} bytes and no page can hold it: SOAR has it in ${where}.`;
  const item = row.item && jsonBytes(row.item) <= MAX_ROW_BYTES / 2 ? row.item : null;
  return { ...row, item, results: [], message };
}
