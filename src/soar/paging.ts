import type { Page } from '../contracts/soar/page.js';
import { SOAR_ERROR_CODES } from '../model/error-codes.js';
import { SoarError } from './errors.js';

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
}

/** All rows of a list, each once, and whether they are the whole list as it stood at one moment of the reading. */
export interface AllRows<Row> {
  readonly rows: readonly Row[];
  /** False where the list kept moving, or contradicts itself: rows may be missing. */
  readonly complete: boolean;
}

const DEFAULT_MAX_PAGES = 1_000;
const DEFAULT_MAX_PASSES = 3;

/**
 * Reads every page of a list that may change while it is read. A pass counts as complete when every page told the same
 * count and exactly that many different rows came; otherwise the list moved or lied, and the next pass starts from the
 * first page. Not seen by any count: one row removed and another added between two pages, which SOAR's runs never do.
 */
export async function readAllPages<Row>(readPage: ReadPage<Row>, options: PagingOptions<Row>): Promise<AllRows<Row>> {
  const maxPasses = options.maxPasses ?? DEFAULT_MAX_PASSES;
  let result: AllRows<Row> = { rows: [], complete: false };
  for (let pass = 0; pass < maxPasses && !result.complete; pass += 1) result = await readOnce(readPage, options);
  return result;
}

async function readOnce<Row>(readPage: ReadPage<Row>, options: PagingOptions<Row>): Promise<AllRows<Row>> {
  const { pageSize, key, maxPages = DEFAULT_MAX_PAGES } = options;
  const rows = new Map<string, Row>();
  const counts = new Set<number>();
  for (let page = 0; page < maxPages; page += 1) {
    const answer = await readOrEnd(readPage, { page, pageSize });
    if (answer === undefined) return { rows: [...rows.values()], complete: isWhole(rows, counts) };
    counts.add(answer.count);
    const known = rows.size;
    for (const row of answer.data) rows.set(key(row), row);
    if (isLast(answer, page, pageSize)) return { rows: [...rows.values()], complete: isWhole(rows, counts) };
    // A server that gives the same page for every number would be asked for the next one for ever.
    if (rows.size === known && answer.data.length > 0) break;
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
export function isPastTheEnd(error: unknown): boolean {
  if (!(error instanceof SoarError)) return false;
  return error.code === SOAR_ERROR_CODES.NOT_FOUND || /contains no results/i.test(error.soarMessage ?? '');
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
