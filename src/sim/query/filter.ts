import { ApiError } from '../http.js';
import type { SoarRecord } from '../records.js';
import { isJsonObject } from '../records.js';
import type { TableName, Tables } from '../store/store.js';
import type { ReadonlyTable } from '../store/table.js';
import { LOOKUPS, withoutBrackets } from './lookups.js';

const PREFIX = /^_(filter|exclude)_/;

/** Which fields hold the id of a record elsewhere. */
const RELATIONS: Partial<Record<TableName, Readonly<Record<string, TableName>>>> = {
  action_run: { container: 'container', creator: 'ph_user', owner: 'ph_user', effective_user: 'ph_user' },
  app_action: { app: 'app' },
  app_run: { action_run: 'action_run', app: 'app', asset: 'asset', container: 'container', effective_user: 'ph_user' },
  approval: { action_run: 'action_run', asset: 'asset', owner: 'ph_user' },
  artifact: { container: 'container' },
  asset: { app: 'app', approver: 'ph_user', reviewer: 'ph_user', effective_user: 'ph_user' },
  container: { owner: 'ph_user' },
  container_comment: { container: 'container', user: 'ph_user' },
  note: { container: 'container', author: 'ph_user' },
};

/** The table that a field's ids belong to: `relationOf('app_run', 'action_run')` is the table of action_runs. */
export type RelationOf = (table: string, field: string) => ReadonlyTable | undefined;

/** Finds related tables among `tables`. */
export function relationsOf(tables: Tables): RelationOf {
  // Maps, because the names come from clients: an object would also answer to `constructor`.
  const byTable = new Map(
    Object.entries(RELATIONS).map(([table, fields]) => [table, new Map(Object.entries(fields))] as const),
  );
  return (table, field) => {
    const name = byTable.get(table)?.get(field);
    return name && tables[name];
  };
}

/** One condition of a query: `_filter_…` or `_exclude_…`. */
interface Condition {
  readonly excludes: boolean;
  readonly path: readonly string[];
  readonly lookup: string;
  readonly text: string;
}

/**
 * Makes one predicate of all `_filter_…` and `_exclude_…` parameters, joined by AND; other parameters are ignored. A repeated
 * key is a list for `in` and `range`, and a condition each time for the other look-ups. Throws an {@link ApiError} of status 400
 * for an unknown field and for text that is no value.
 */
export function filterOf(
  table: ReadonlyTable,
  query: URLSearchParams,
  relationOf: RelationOf,
): (record: SoarRecord) => boolean {
  const tests = conditionsOf(query).map(({ excludes, path, lookup, text }) => {
    const read = fieldPath(table, path, relationOf);
    const holds = LOOKUPS.get(lookup)?.(text);
    return (record: SoarRecord) => holds?.(read(record)) !== excludes;
  });
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

/**
 * Makes a reader of the value that a path such as `['action_run', 'container_id']` leads to. A relation may be named with or
 * without `_id`; a field that holds an object is entered by key. Throws an {@link ApiError} of status 400 for an unknown field.
 */
function fieldPath(
  table: ReadonlyTable,
  path: readonly string[],
  relationOf: RelationOf,
): (record: SoarRecord) => unknown {
  const [first = '', ...rest] = path;
  const field = fieldOf(table, first, relationOf);
  const related = relationOf(table.name, field);
  if (rest.length === 0) return (record) => record[field];
  if (!related && !table.holdsObject(field)) throw unresolved(rest.join('__'), `${table.name}.${field}`);
  if (!related) return (record) => valueAt(record[field], rest);
  const readRelated = fieldPath(related, rest, relationOf);
  return (record) => {
    const other = related.get(Number(record[field]));
    return other && readRelated(other);
  };
}

function fieldOf(table: ReadonlyTable, name: string, relationOf: RelationOf): string {
  if (table.fields.has(name)) return name;
  if (name === 'pk') return 'id';
  const base = name.replace(/_id$/, '');
  if (base !== name && table.fields.has(base) && relationOf(table.name, base)) return base;
  throw unresolved(name, table.name);
}

/** A misspelt look-up ends here too, because it is taken for one more step of the path. */
function unresolved(keyword: string, into: string): ApiError {
  return new ApiError(400, `Cannot resolve keyword '${keyword.slice(0, 100)}' into field of ${into}`);
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, key) => (isJsonObject(at) && Object.hasOwn(at, key) ? at[key] : undefined), value);
}
