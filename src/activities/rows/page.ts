import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Row, RowsPage } from '../../contracts/read-rows.js';
import type { ActionResult } from '../../contracts/soar.js';
import { meaningOf } from '../../model/http-status-errors.js';
import { jsonBytes } from '../../model/json.js';
import { FAILURE_TYPES } from '../../model/names.js';
import { SoarError } from '../../soar/soar-error.js';
import { ResultsMoved } from '../../soar/paging.js';
import type { ActionResultRead } from '../../soar/paging.js';

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

/** What the results of an item make of its row: the worst counts. */
export function ofResults(reads: readonly ActionResultRead[]): Pick<Row, 'status' | 'message' | 'results'> | undefined {
  const isBad = (read: ActionResultRead): boolean => 'unread' in read || read.result.status !== 'success';
  const worst = reads.find(isBad) ?? reads[0];
  if (!worst) return undefined;
  const results: ActionResult[] = reads.flatMap((read) => ('result' in read ? [read.result] : []));
  if ('unread' in worst) return { status: 'gone', message: worst.unread, results };
  return { status: worst.result.status === 'success' ? 'success' : 'failed', message: worst.result.message, results };
}

/** From this attempt on SOAR's word that it does not have results is believed: a node that lags has caught up. */
const BELIEVED_FROM_ATTEMPT = 2;

/**
 * Reads, and says what lasts in place of an error: SOAR's own word that it does not have the results any more.
 *
 * @throws everything that may pass, for Temporal to try again
 */
export async function lasting(read: () => Promise<void>): Promise<string | undefined> {
  try {
    await read();
    return undefined;
  } catch (error) {
    return problemUnlessPassing(error);
  }
}

function problemUnlessPassing(error: unknown): string {
  const isOfOne = error instanceof ResultsMoved || (error instanceof SoarError && meaningOf(error.code).oneResource);
  if (!(error instanceof Error) || !isOfOne || !isBelieved()) throw error;
  return `The results are gone, or cannot be read: ${error.message}`;
}

/** @throws for Temporal to try again, unless what was read is believed to be the last word */
export function believe(problem: string): void {
  if (!isBelieved()) throw ApplicationFailure.create({ message: problem, type: FAILURE_TYPES.incompleteList });
}

function isBelieved(): boolean {
  return Context.current().info.attempt >= BELIEVED_FROM_ATTEMPT;
}
