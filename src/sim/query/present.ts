import type { SoarRecord } from '../records.js';
import type { ReadonlyTable } from '../store/table.js';
import type { RelationOf } from './field-path.js';
import { isTimestamp } from './lookups.js';

/** Fields that a list leaves out unless `include_expensive` is given; a single object has them. */
const EXPENSIVE_FIELDS: ReadonlySet<string> = new Set(['result_data', 'result_summary', 'extra_data']);

/** How a record of `table` goes out in a list. */
export function asRow(
  record: SoarRecord,
  table: ReadonlyTable,
  query: URLSearchParams,
  relationOf: RelationOf,
): SoarRecord {
  const single = asSingle(record, table, query, relationOf);
  if (query.has('include_expensive')) return single;
  const kept = Object.entries(single).filter(([field]) => !EXPENSIVE_FIELDS.has(field));
  return { id: record.id, ...Object.fromEntries(kept) };
}

/**
 * How a record of `table` goes out by itself. With `pretty` there is a `_pretty_<field>` for every timestamp and for the name
 * behind every id of another record; what the product writes into them is unknown, so their texts are our choice.
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
