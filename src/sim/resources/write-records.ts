import { ZodError } from 'zod';
import { ApiError, badField } from '../http/api-error.js';
import type { RelationOf } from '../query/field-path.js';
import type { JsonObject, SoarRecord } from '../records.js';
import { isJsonObject } from '../records.js';
import type { ReadonlyTable } from '../store/table.js';
import type { WritableResource, WriteContext } from './writable.js';

/** Adds a record. Throws an {@link ApiError} of status 400 for a field that does not fit, and for a duplicate. */
export function createRecord(
  writable: WritableResource,
  body: unknown,
  context: WriteContext,
  relationOf: RelationOf,
): SoarRecord {
  const table = context.tables[writable.resource];
  const fields = readFields(body, table, relationOf);
  writable.refuseDuplicate?.(fields, context);
  return fitting(() => table.create({ ...fields, ...writable.onCreate?.(fields, context) }));
}

/** Changes the fields of a record that the body names. Throws an {@link ApiError} of status 400 for one that does not fit. */
export function updateRecord(
  writable: WritableResource,
  id: number,
  body: unknown,
  context: WriteContext,
  relationOf: RelationOf,
): void {
  const table = context.tables[writable.resource];
  const fields = readFields(body, table, relationOf);
  const more = writable.onUpdate?.(fields, context, id);
  fitting(() => table.update(id, { ...fields, ...more }));
}

/** The fields of a body, with `container_id` and the like under the names that records have, and checked to be there. */
function readFields(body: unknown, table: ReadonlyTable, relationOf: RelationOf): JsonObject {
  if (!isJsonObject(body)) throw new ApiError(400, 'The body must be an object');
  const entries = Object.entries(body).map(([key, value]) => {
    const field = table.fields.has(key) ? key : key.replace(/_id$/, '');
    const related = relationOf(table.name, field);
    return related ? ([field, existingId(value, related)] as const) : ([key, value] as const);
  });
  return Object.fromEntries(entries);
}

function existingId(value: unknown, related: ReadonlyTable): unknown {
  if (value === null) return null;
  const id = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  if (typeof id !== 'number' || !related.get(id)) throw new ApiError(400, `${related.name} not found`);
  return id;
}

function fitting<T>(write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw error instanceof ZodError ? badField(error) : error;
  }
}
