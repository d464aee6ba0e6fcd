import type { ActionResult } from '../contracts/soar/action-result.js';
import type { Page } from '../contracts/soar/page.js';
import { SOAR_ERROR_CODES } from '../model/error-codes.js';
import type { CallOptions } from './caller.js';
import type { SoarClient } from './client.js';
import { SoarError } from './errors.js';
import { isPastTheEnd } from './paging.js';

/** One action result of an app_run, or why it cannot be had. */
export type ActionResultRead = { readonly result: ActionResult } | { readonly unread: string };

/** From many small results a page to one huge one: a page must fit the client's largest answer. Each divides the one before. */
const PAGE_SIZES = [100, 10, 1] as const;
/** A list that never ends is no list. */
const MAX_RESULTS = 200_000;

/**
 * Reads the results of an app_run page by page, in their order. A page that is too large is read in smaller ones; a result
 * that is too large by itself gives way to a word on where it is, and the others are read all the same.
 *
 * @throws SoarError of a page, and {@link ResultsMoved} where their number does not agree with SOAR's count
 */
export async function* eachActionResult(
  soar: SoarClient,
  appRunId: number,
  call?: CallOptions,
): AsyncGenerator<ActionResultRead> {
  const reader = new ResultReader(soar, appRunId, call);
  const [pageSize] = PAGE_SIZES;
  for (let first = 0; first < MAX_RESULTS && !reader.isAtEnd; first += pageSize) yield* reader.read(first, 0);
  if (reader.count !== undefined && reader.count !== reader.taken) throw new ResultsMoved(appRunId);
}

/** The list of results changed while it was read, or SOAR's count is wrong: read it again. */
export class ResultsMoved extends Error {
  override readonly name = 'ResultsMoved';

  constructor(appRunId: number) {
    super(`The results of app_run ${appRunId} changed while they were read.`);
  }
}

class ResultReader {
  /** By SOAR; unknown until a page could be read. */
  count: number | undefined;
  taken = 0;
  isAtEnd = false;

  constructor(
    private readonly soar: SoarClient,
    private readonly appRunId: number,
    private readonly call: CallOptions | undefined,
  ) {}

  /** Reads the results from `first` on, as many as a page of this size holds. */
  async *read(first: number, sizeIndex: number): AsyncGenerator<ActionResultRead> {
    const pageSize = PAGE_SIZES[sizeIndex] ?? 1;
    const page = await this.#page(first / pageSize, pageSize);
    if (page === 'past the end') this.isAtEnd = true;
    else if (page !== 'too large') yield* this.#take(page, first / pageSize);
    else if (sizeIndex + 1 < PAGE_SIZES.length) yield* this.#readInParts(first, pageSize, sizeIndex + 1);
    else yield this.#tooLarge();
  }

  async *#readInParts(first: number, length: number, sizeIndex: number): AsyncGenerator<ActionResultRead> {
    const step = PAGE_SIZES[sizeIndex] ?? 1;
    for (let part = first; part < first + length && !this.isAtEnd; part += step) yield* this.read(part, sizeIndex);
  }

  *#take({ data, count, num_pages }: Page<ActionResult>, page: number): Generator<ActionResultRead> {
    this.count = count;
    this.taken += data.length;
    this.isAtEnd = page + 1 >= num_pages;
    for (const result of data) yield { result };
  }

  #tooLarge(): ActionResultRead {
    this.taken += 1;
    return { unread: `The result is too large to be read; SOAR has it: app_run ${this.appRunId}.` };
  }

  async #page(page: number, pageSize: number): Promise<Page<ActionResult> | 'too large' | 'past the end'> {
    try {
      return await this.soar.listActionResults(this.appRunId, { page, pageSize }, this.call);
    } catch (error) {
      if (page > 0 && isPastTheEnd(error)) return 'past the end';
      if (error instanceof SoarError && error.code === SOAR_ERROR_CODES.BODY_TOO_LARGE) return 'too large';
      throw error;
    }
  }
}
