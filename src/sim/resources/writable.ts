import { listRowsSchema } from '../case-records.js';
import { ApiError } from '../http/api-error.js';
import type { JsonObject } from '../records.js';
import type { TableName, Tables } from '../store/store.js';

/** What a write knows beside its body. */
export interface WriteContext {
  readonly tables: Tables;
  readonly userId: number;
  /** Now, as SOAR writes it. */
  readonly time: string;
}

/** What is special about writing one resource; the rest is the same for all. */
export interface WritableResource {
  readonly resource: TableName;
  /** Fields that a new record has whatever the body says. @default none */
  readonly onCreate?: (fields: JsonObject, context: WriteContext) => JsonObject;
  /** Fields that a change sets beside those of the body. @default none */
  readonly onUpdate?: (fields: JsonObject, context: WriteContext, id: number) => JsonObject;
  /** Refuses a new record that is there already, by throwing. @default refuses none */
  readonly refuseDuplicate?: (fields: JsonObject, context: WriteContext) => void;
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

/** Everything that clients may write. Apps and app actions come with the server; runs and approvals have a life of their own. */
export const WRITABLE_RESOURCES: readonly WritableResource[] = [
  container,
  artifact,
  note,
  comment,
  decidedList,
  { resource: 'asset' },
  { resource: 'ph_user' },
];

/** An identifier that was not given is no duplicate of anything. */
function isSameSource(row: { source_data_identifier: string | null }, identifier: unknown): boolean {
  return row.source_data_identifier !== null && row.source_data_identifier === identifier;
}

function duplicate(existing: Readonly<Record<string, number>>): ApiError {
  return new ApiError(400, 'duplicate source_data_identifier', existing);
}
