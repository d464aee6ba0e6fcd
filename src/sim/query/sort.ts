import { ApiError } from '../http/api-error.js';
import type { SoarRecord } from '../records.js';
import type { ReadonlyTable } from '../store/table.js';
import { unquote } from './literal.js';
import { compare, isMissing } from './lookups.js';

/**
 * Sorts by `sort` (a top-level field, default `id`) and `order` (`asc` or `desc`, default `asc`). Ties keep the order of ids; nulls
 * come last in ascending order, as in PostgreSQL. Throws an {@link ApiError} of status 400 for anything else.
 */
export function sortRecords(
  records: readonly SoarRecord[],
  table: ReadonlyTable,
  query: URLSearchParams,
): SoarRecord[] {
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
