import type { ActionResult, Page } from '../contracts/soar.js';
import { meaningOf, SOAR_ERROR_CODES } from '../model/error-codes.js';
import type { CallOptions } from './caller.js';
import type { SoarClient } from './client.js';
import { saysNotFound, SoarError } from './soar-error.js';

/** Reads one page of a list; usually a method of the client with its filters and sort order filled in. */
export type ReadPage<Row> = (query: { readonly page: number; readonly pageSize: number }) => Promise<Page<Row>>;

/** How to read a whole list. */
export interface PagingOptions<Row> {
  /** Rows a page; the same for every page, because another size would move every boundary. */
  readonly pageSize: number;
  /** What tells two rows apart, usually the id. */
  readonly key: (row: Row) => string;
  /** Give up beyond this many pages in one pass. Default: 1,000. */
  readonly maxPages?: number;
  /** How often to start over when the list moved. Default: 3 passes in all. */
  readonly maxPasses?: number;
  /** Give up once the rows of a pass are so large, as JSON. Default: 64 MiB. */
  readonly maxCharacters?: number;
}

/** All rows of a list, each once, and whether they are the whole list as it stood at one moment of the reading. */
export interface AllRows<Row> {
  readonly rows: readonly Row[];
  /** False if the list kept moving, or contradicts itself: rows may be missing. */
  readonly complete: boolean;
}

const DEFAULT_MAX_PAGES = 1_000;
const DEFAULT_MAX_PASSES = 3;
/** A SOAR whose list never ends must not fill the memory of a worker that serves others too. */
const DEFAULT_MAX_CHARACTERS = 64 * 1024 * 1024;

/**
 * Reads every page of a list that may change while it is read. A pass counts as complete when every page told the same
 * count and exactly that many different rows came; otherwise the list moved or lied, and the next pass starts from the
 * first page. Not seen by any count: one row removed and another added between two pages, which SOAR's runs never do.
 */
export async function readAllPages<Row>(readPage: ReadPage<Row>, options: PagingOptions<Row>): Promise<AllRows<Row>> {
  const maxPasses = options.maxPasses ?? DEFAULT_MAX_PASSES;
  let result: Pass<Row> = { rows: [], complete: false };
  for (let pass = 0; pass < maxPasses && !result.complete && !result.isTooLarge; pass += 1)
    result = await readOnce(readPage, options);
  return { rows: result.rows, complete: result.complete };
}

/** Too large a list is not read again: it would not get smaller. */
type Pass<Row> = AllRows<Row> & { readonly isTooLarge?: true };

async function readOnce<Row>(readPage: ReadPage<Row>, options: PagingOptions<Row>): Promise<Pass<Row>> {
  const { pageSize, key, maxPages = DEFAULT_MAX_PAGES, maxCharacters = DEFAULT_MAX_CHARACTERS } = options;
  const rows = new Map<string, Row>();
  const counts = new Set<number>();
  let characters = 0;
  for (let page = 0; page < maxPages; page += 1) {
    const answer = await readOrEnd(readPage, { page, pageSize });
    if (answer === undefined) return { rows: [...rows.values()], complete: isWhole(rows, counts) };
    counts.add(answer.count);
    const known = rows.size;
    for (const row of answer.data) rows.set(key(row), row);
    if (isLast(answer, page, pageSize)) return { rows: [...rows.values()], complete: isWhole(rows, counts) };
    // A server that gives the same page for every number would be asked for the next one for ever.
    if (rows.size === known && answer.data.length > 0) break;
    characters += JSON.stringify(answer.data).length;
    if (characters > maxCharacters) return { rows: [...rows.values()], complete: false, isTooLarge: true };
  }
  return { rows: [...rows.values()], complete: false };
}

/** `undefined` past the last page, which SOAR answers with an error. The first page of an empty list exists. */
async function readOrEnd<Row>(
  readPage: ReadPage<Row>,
  query: { page: number; pageSize: number },
): Promise<Page<Row> | undefined> {
  try {
    return await readPage(query);
  } catch (error) {
    if (query.page > 0 && isPastTheEnd(error)) return undefined;
    throw error;
  }
}

/** The text is SOAR's own; the status that comes with it is not documented. */
function isPastTheEnd(error: unknown): boolean {
  return saysNotFound(error) || (error instanceof SoarError && /contains no results/i.test(error.soarMessage ?? ''));
}

/**
 * A page that is not full ends the list once count and num_pages agree that nothing follows. A full page never does:
 * the next one has to say that it is empty, because a count that is too small would hide rows.
 */
function isLast(answer: Page<unknown>, page: number, pageSize: number): boolean {
  const pagesByCount = Math.ceil(answer.count / pageSize);
  if (answer.data.length === 0) return page + 1 >= pagesByCount;
  return answer.data.length < pageSize && page + 1 >= Math.max(pagesByCount, answer.num_pages);
}

function isWhole(rows: ReadonlyMap<string, unknown>, counts: ReadonlySet<number>): boolean {
  return counts.size === 1 && counts.has(rows.size);
}

/** One action result of an app_run, or why it cannot be had. */
export type ActionResultRead = { readonly result: ActionResult } | { readonly unread: string };

/** How the results of an app_run are read. */
export interface ResultReading extends CallOptions {
  /** A result that cannot be read, even by itself, gives way to a word on it. Default: only one that is too large does. */
  readonly tolerant?: boolean;
  /** The place to begin at; what stands on the same page before it comes too. Default: 0. */
  readonly from?: number;
}

/** From many small results a page to one huge one: a page must fit the client's largest answer. Each divides the one before. */
const PAGE_SIZES = [100, 10, 1] as const;
/** Upper bounds, in case SOAR's paging never ends or nothing of an app_run can be read. */
const MAX_RESULTS = 200_000;
const MAX_UNREAD = 20;

/**
 * Reads the results of an app_run page by page, in their order. A page that is too large is read in smaller ones; a result
 * that is too large by itself gives way to a word on where it is, and the others are read all the same.
 *
 * @throws SoarError of a page, and {@link ResultsMoved} if their number does not agree with SOAR's count
 */
export async function* eachActionResult(
  soar: SoarClient,
  appRunId: number,
  { tolerant = false, from = 0, ...call }: ResultReading = {},
): AsyncGenerator<ActionResultRead> {
  const reader = new ResultReader(soar, appRunId, tolerant, call);
  const start = firstOfPage(from);
  reader.taken = start;
  const [pageSize] = PAGE_SIZES;
  for (let first = start; first < MAX_RESULTS && !reader.isAtEnd; first += pageSize) yield* reader.read(first, 0);
  if (reader.count !== undefined && reader.count !== reader.taken) throw new ResultsMoved(appRunId);
}

/** The first place on the page that has the result at `place`. */
export function firstOfPage(place: number): number {
  return place - (place % PAGE_SIZES[0]);
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
  #unread = 0;

  constructor(
    private readonly soar: SoarClient,
    private readonly appRunId: number,
    private readonly tolerant: boolean,
    private readonly call: CallOptions,
  ) {}

  /** Reads the results from `first` on, as many as a page of this size holds. */
  async *read(first: number, sizeIndex: number): AsyncGenerator<ActionResultRead> {
    const pageSize = PAGE_SIZES[sizeIndex] ?? 1;
    const page = await this.#page(first / pageSize, pageSize);
    if (page === 'past the end') this.isAtEnd = true;
    else if (!(page instanceof SoarError)) yield* this.#take(page, first / pageSize);
    else if (sizeIndex + 1 < PAGE_SIZES.length) yield* this.#readInParts(first, pageSize, sizeIndex + 1);
    else yield this.#leave(page);
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

  #leave(error: SoarError): ActionResultRead {
    this.taken += 1;
    this.#unread += 1;
    if (this.#unread > MAX_UNREAD) throw error;
    this.isAtEnd = this.taken === this.count;
    return { unread: `The result cannot be read; SOAR has it in app_run ${this.appRunId}. ${error.message}` };
  }

  /** The page, or why it must be read in parts. */
  async #page(page: number, pageSize: number): Promise<Page<ActionResult> | SoarError | 'past the end'> {
    try {
      return await this.soar.listActionResults(this.appRunId, { page, pageSize }, this.call);
    } catch (error) {
      if (page > 0 && isPastTheEnd(error)) return 'past the end';
      if (error instanceof SoarError && this.#splits(error)) return error;
      throw error;
    }
  }

  /** In smaller parts some of it may be read; not of an app_run that SOAR does not know. */
  #splits(error: SoarError): boolean {
    if (error.code === SOAR_ERROR_CODES.BODY_TOO_LARGE) return true;
    return this.tolerant && meaningOf(error.code).oneResource === true && !saysNotFound(error);
  }
}
