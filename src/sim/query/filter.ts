import type { SoarRecord } from '../records.js';
import type { ReadonlyTable } from '../store/table.js';
import type { RelationOf } from './field-path.js';
import { fieldPath } from './field-path.js';
import { withoutBrackets } from './literal.js';
import { LOOKUPS } from './lookups.js';

const PREFIX = /^_(filter|exclude)_/;

/** One condition of a query: `_filter_…` or `_exclude_…`. */
interface Condition {
  readonly excludes: boolean;
  readonly path: readonly string[];
  readonly lookup: string;
  readonly text: string;
}

/**
 * Makes one predicate of all `_filter_…` and `_exclude_…` parameters, joined by AND; other parameters are ignored. A key
 * that is repeated is a list for `in` and `range`, and counts every time for the other look-ups. Throws an {@link ApiError} of
 * status 400 for an unknown field or a value that is none.
 */
export function filterOf(
  table: ReadonlyTable,
  query: URLSearchParams,
  relationOf: RelationOf,
): (record: SoarRecord) => boolean {
  const tests = conditionsOf(query).map((condition) => testOf(table, condition, relationOf));
  return (record) => tests.every((test) => test(record));
}

function conditionsOf(query: URLSearchParams): Condition[] {
  const keys = [...new Set(query.keys())].filter((key) => PREFIX.test(key));
  return keys.flatMap((key) => {
    const { path, lookup } = splitKey(key.replace(PREFIX, ''));
    const texts = query.getAll(key);
    const isList = lookup === 'in' || lookup === 'range';
    const values = isList && texts.length > 1 ? [texts.map(withoutBrackets).join(',')] : texts;
    return values.map((text) => ({ excludes: key.startsWith('_exclude_'), path, lookup, text }));
  });
}

function splitKey(key: string): { path: string[]; lookup: string } {
  const path = key.split('__');
  const last = path.at(-1) ?? '';
  return path.length > 1 && LOOKUPS.has(last) ? { path: path.slice(0, -1), lookup: last } : { path, lookup: 'exact' };
}

function testOf(table: ReadonlyTable, condition: Condition, relationOf: RelationOf): (record: SoarRecord) => boolean {
  const read = fieldPath(table, condition.path, relationOf);
  const holds = LOOKUPS.get(condition.lookup)?.(condition.text);
  return (record) => holds?.(read(record)) !== condition.excludes;
}
