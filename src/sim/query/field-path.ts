import { ApiError } from '../http/api-error.js';
import type { SoarRecord } from '../records.js';
import { isJsonObject } from '../records.js';
import type { ReadonlyTable } from '../store/table.js';

/** Which table a field's number points into: `relationOf('app_run', 'action_run')` is the table of action_runs. */
export type RelationOf = (table: string, field: string) => ReadonlyTable | undefined;

/** Reads one value off a record. */
export type ReadField = (record: SoarRecord) => unknown;

/**
 * Follows a path such as `['action_run', 'container_id']` from a table. A relation may be named with or without `_id`; a field
 * that holds an object is stepped into by key. Throws an {@link ApiError} of status 400 for a field that is not there.
 */
export function fieldPath(table: ReadonlyTable, path: readonly string[], relationOf: RelationOf): ReadField {
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

/** Also what a misspelt look-up comes to: it is taken for one more step of the path. */
function unresolved(keyword: string, into: string): ApiError {
  return new ApiError(400, `Cannot resolve keyword '${keyword.slice(0, 100)}' into field of ${into}`);
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, key) => (isJsonObject(at) && Object.hasOwn(at, key) ? at[key] : undefined), value);
}
