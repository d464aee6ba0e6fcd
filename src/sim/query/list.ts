import { ApiError } from '../http.js';
import type { SoarRecord } from '../records.js';
import type { ReadonlyTable } from '../store/table.js';
import type { RelationOf } from './filter.js';
import { filterOf } from './filter.js';
import { compare, isMissing, isTimestamp, unquote } from './lookups.js';

const DEFAULT_PAGE_SIZE = 10;

/** Fields that a list leaves out unless `include_expensive` is given; a single object has them. */
const EXPENSIVE_FIELDS: ReadonlySet<string> = new Set(['result_data', 'result_summary', 'extra_data']);

/** SOAR's envelope of a list. `count` is the number of all rows that match, not of those on the page. */
export interface Page<T> {
  readonly count: number;
  readonly num_pages: number;
  readonly data: T[];
}

/** The answer to a list request: filtered, sorted, cut to one page, its rows as lists have them. */
export function listRecords(table: ReadonlyTable, query: URLSearchParams, relationOf: RelationOf): Page<SoarRecord> {
  const matching = table.all().filter(filterOf(table, query, relationOf));
  const page = pageOf(sortRecords(matching, table, query), query);
  const rows = page.data.map((record) => asSingle(record, table, query, relationOf));
  return { ...page, data: query.has('include_expensive') ? rows : rows.map(withoutExpensive) };
}

function withoutExpensive(record: SoarRecord): SoarRecord {
  const kept = Object.entries(record).filter(([field]) => !EXPENSIVE_FIELDS.has(field));
  return { id: record.id, ...Object.fromEntries(kept) };
}

/**
 * Sorts by `sort` (a top-level field, default `id`) and `order` (`asc` or `desc`, default `asc`). Ties keep the order of ids; nulls
 * come last in ascending order, as in PostgreSQL. Throws an {@link ApiError} of status 400 for anything else.
 */
function sortRecords(records: readonly SoarRecord[], table: ReadonlyTable, query: URLSearchParams): SoarRecord[] {
  const field = unquote(query.get('sort') ?? 'id');
  const order = unquote(query.get('order') ?? 'asc').toLowerCase();
  if (!table.fields.has(field)) throw new ApiError(400, `Cannot sort ${table.name} by '${field.slice(0, 100)}'`);
  if (order !== 'asc' && order !== 'desc') throw new ApiError(400, 'order must be asc or desc');
  const direction = order === 'asc' ? 1 : -1;
  return [...records].sort((a, b) => direction * rank(a[field], b[field]) || a.id - b.id);
}

function rank(left: unknown, right: unknown): number {
  return Number(isMissing(left)) - Number(isMissing(right)) || (compare(left, right) ?? 0);
}

/**
 * Cuts out the page that `page` (from 0) and `page_size` (default 10; 0 is everything) ask for. Throws an {@link ApiError} past
 * the last page, and for a value that is not a number. Its status is our choice, its text the product's.
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

/**
 * The record as it is sent on its own. With `pretty` there is a `_pretty_<field>` for every timestamp and for the name behind
 * every id of another record. What the product writes into them is unknown, so their texts are our choice.
 */
export function asSingle<T extends object>(
  record: T,
  table: ReadonlyTable,
  query: URLSearchParams,
  relationOf: RelationOf,
): T {
  if (!query.has('pretty')) return record;
  const pretty = Object.entries(record).flatMap(([field, value]) => {
    const text = prettyOf(value, relationOf(table.name, field));
    return text === undefined ? [] : [[`_pretty_${field}`, text] as const];
  });
  return { ...record, ...Object.fromEntries(pretty) };
}

function prettyOf(value: unknown, related: ReadonlyTable | undefined): unknown {
  if (isTimestamp(value)) return `${value.slice(0, 19).replace('T', ' ')} UTC`;
  const other = related?.get(Number(value));
  return other && (other['name'] ?? other['username']);
}
