import { ZodError } from 'zod';
import { listRowsSchema } from '../case-records.js';
import { ApiError, badField } from '../http.js';
import type { SimContext } from '../http.js';
import type { JsonObject } from '../records.js';
import { isJsonObject, soarTime } from '../records.js';
import type { TableName } from '../store/store.js';
import type { ReadonlyTable } from '../store/table.js';
import type { SimParts } from './request.js';
import { actorOf, bodyOf, recordOf } from './request.js';

/** What is special about writing one resource; the rest is the same for all. */
interface WritableResource {
  readonly resource: TableName;
  /** Fields that a new record has whatever the body says. @default none */
  readonly onCreate?: (fields: JsonObject, write: Write) => JsonObject;
  /** Fields that a change sets beside those of the body. @default none */
  readonly onUpdate?: (fields: JsonObject, write: Write, id: number) => JsonObject;
  /** Throws if the new record is there already. @default never */
  readonly refuseDuplicate?: (fields: JsonObject, write: Write) => void;
}

/** What a write knows beside its body. */
interface Write extends Pick<SimParts, 'tables' | 'relationOf'> {
  readonly userId: number;
  /** Now, as SOAR writes it. */
  readonly time: string;
}

const container: WritableResource = {
  resource: 'container',
  onCreate: ({ start_time }, { time }) => ({ create_time: time, start_time: start_time ?? time }),
  refuseDuplicate: ({ source_data_identifier }, { tables }) => {
    const existing = tables.container.all().find((row) => isSameSource(row, source_data_identifier));
    if (existing) throw duplicate({ existing_container_id: existing.id });
  },
};

const artifact: WritableResource = {
  resource: 'artifact',
  onCreate: (_fields, { time }) => ({ create_time: time, update_time: time }),
  onUpdate: (_fields, { time }) => ({ update_time: time }),
  refuseDuplicate: (fields, { tables }) => {
    const inContainer = tables.artifact.all().filter((row) => row.container === fields['container']);
    const existing = inContainer.find((row) => isSameSource(row, fields['source_data_identifier']));
    if (existing) throw duplicate({ existing_artifact_id: existing.id });
  },
};

const note: WritableResource = {
  resource: 'note',
  onCreate: (_fields, { time, userId }) => ({ create_time: time, modified_time: time, author: userId }),
  onUpdate: (_fields, { time }) => ({ modified_time: time }),
};

const comment: WritableResource = {
  resource: 'container_comment',
  onCreate: (_fields, { time, userId }) => ({ time, user: userId }),
};

const decidedList: WritableResource = {
  resource: 'decided_list',
  onCreate: (_fields, { time }) => ({ create_time: time, modified_time: time }),
  onUpdate: (fields, { tables, time }, id) => {
    const rows = listRowsSchema.safeParse(fields['append_rows']).data;
    const content = rows && [...(tables.decided_list.get(id)?.content ?? []), ...rows];
    return { modified_time: time, ...(content && { content }) };
  },
  refuseDuplicate: ({ name }, { tables }) => {
    const existing = tables.decided_list.all().find((row) => row.name === name);
    if (existing) throw new ApiError(400, `There is a list named ${existing.name} already`);
  },
};

/** Everything that clients may write. Apps and app actions come with the server; the engine alone writes runs and approvals. */
const WRITABLE_RESOURCES: readonly WritableResource[] = [
  container,
  artifact,
  note,
  comment,
  decidedList,
  { resource: 'asset' },
  { resource: 'ph_user' },
];

/** Creating by POST, alone or as an array; changing by POST to the id; deleting. */
export function routeWrites(parts: SimParts): void {
  for (const writable of WRITABLE_RESOURCES) routeResource(parts, writable);
}

function routeResource({ app, tables, relationOf, engine, userName, now }: SimParts, writable: WritableResource): void {
  const { resource } = writable;
  const table: ReadonlyTable = tables[resource];
  const writeOf = (context: SimContext): Write => {
    return { tables, relationOf, userId: actorOf(context, userName).id, time: soarTime(now()) };
  };

  app.post(`/rest/${resource}`, (context) => {
    const body = bodyOf(context);
    const create = (fields: unknown): object => createAndReport(writable, fields, writeOf(context));
    return context.json(Array.isArray(body) ? body.map((fields) => attempt(() => create(fields))) : create(body));
  });

  app.post(`/rest/${resource}/:id`, (context) => {
    const { id } = recordOf(context, table);
    const write = writeOf(context);
    const fields = readFields(bodyOf(context), table, relationOf);
    const more = writable.onUpdate?.(fields, write, id);
    fitting(() => tables[resource].update(id, { ...fields, ...more }));
    if (resource === 'asset') engine.fillAsset(id);
    return context.json({ success: true, id });
  });

  app.delete(`/rest/${resource}/:id`, (context) => {
    if (context.get('principal') === 'token') throw new ApiError(403, 'Not allowed');
    tables[resource].delete(recordOf(context, table).id);
    return context.json({ success: true });
  });
}

/** Creates a record and, with a container, the artifacts in its body; those that do not fit are left out. */
function createAndReport(writable: WritableResource, body: unknown, write: Write): object {
  const id = createRecord(writable, body, write);
  if (writable !== container) return { success: true, id };
  const given: unknown = isJsonObject(body) ? body['artifacts'] : undefined;
  const artifacts: unknown[] = Array.isArray(given) ? given : [];
  const newIds = artifacts.map((fields) =>
    attempt(() => createRecord(artifact, isJsonObject(fields) ? { ...fields, container: id } : fields, write)),
  );
  return { success: true, id, new_artifact_ids: newIds.filter((answer) => typeof answer === 'number') };
}

/** Adds a record and returns its id. Throws an {@link ApiError} of status 400 for a field that does not fit, and for a duplicate. */
function createRecord({ resource, onCreate, refuseDuplicate }: WritableResource, body: unknown, write: Write): number {
  const table = write.tables[resource];
  const fields = readFields(body, table, write.relationOf);
  refuseDuplicate?.(fields, write);
  return fitting(() => table.create({ ...fields, ...onCreate?.(fields, write) })).id;
}

/** One entry of an array. What is wrong with it becomes its own answer. */
function attempt<T>(create: () => T): T | object {
  try {
    return create();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { failed: true, message: error.message, ...error.fields };
  }
}

/** The fields of a body. `container_id` and the like get the names that records have; the ids in them must exist. */
function readFields(body: unknown, table: ReadonlyTable, relationOf: SimParts['relationOf']): JsonObject {
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

/** An identifier that was not given is no duplicate of anything. */
function isSameSource(row: { source_data_identifier: string | null }, identifier: unknown): boolean {
  return row.source_data_identifier !== null && row.source_data_identifier === identifier;
}

function duplicate(existing: Readonly<Record<string, number>>): ApiError {
  return new ApiError(400, 'duplicate source_data_identifier', existing);
}
