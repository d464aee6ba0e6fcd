import { ApiError } from '../http/api-error.js';
import { unquote } from './literal.js';

/** The page size of a request that names none. */
const DEFAULT_PAGE_SIZE = 10;

/** SOAR's envelope of a list. `count` is the number of all rows that match, not of those on the page. */
export interface Page<T> {
  readonly count: number;
  readonly num_pages: number;
  readonly data: T[];
}

/**
 * Cuts the page out that `page` (from 0) and `page_size` (default 10; 0 is everything) ask for. Past the last page, and for a
 * number that is none, throws an {@link ApiError}; its status is our choice, its text the product's.
 */
export function pageOf<T>(rows: readonly T[], query: URLSearchParams): Page<T> {
  const page = wholeNumber(query, 'page', 0);
  const size = wholeNumber(query, 'page_size', DEFAULT_PAGE_SIZE) || Math.max(rows.length, 1);
  const pages = Math.ceil(rows.length / size);
  if (page > 0 && page >= pages) throw new ApiError(400, 'That page contains no results');
  return { count: rows.length, num_pages: pages, data: rows.slice(page * size, (page + 1) * size) };
}

function wholeNumber(query: URLSearchParams, name: string, byDefault: number): number {
  const text = unquote(query.get(name) ?? String(byDefault));
  if (!/^\d{1,9}$/.test(text)) throw new ApiError(400, `${name} must be a whole number`);
  return Number(text);
}
