import { ApiError } from '../http/api-error.js';
import { bodyOf } from '../http/body.js';
import type { SimContext } from '../http/sim-env.js';
import { isJsonObject, soarTime } from '../records.js';
import type { WritableResource, WriteContext } from '../resources/writable.js';
import { WRITABLE_RESOURCES } from '../resources/writable.js';
import { createRecord, updateRecord } from '../resources/write-records.js';
import type { ReadonlyTable } from '../store/table.js';
import type { SimParts } from './sim-parts.js';
import { actorOf, recordOf } from './sim-parts.js';

/** Creating by POST, alone or as an array; changing by POST to the id; deleting. */
export function routeWrites(parts: SimParts): void {
  for (const writable of WRITABLE_RESOURCES) routeResource(parts, writable);
}

function routeResource(parts: SimParts, writable: WritableResource): void {
  const { app, tables } = parts;
  const table: ReadonlyTable = tables[writable.resource];

  app.post(`/rest/${writable.resource}`, (context) => {
    const body = bodyOf(context);
    const create = (fields: unknown): object => createOne(parts, writable, fields, writeContext(parts, context));
    return context.json(Array.isArray(body) ? body.map((fields) => attempt(() => create(fields))) : create(body));
  });

  app.post(`/rest/${writable.resource}/:id`, (context) => {
    const { id } = recordOf(context, table);
    updateRecord(writable, id, bodyOf(context), writeContext(parts, context), parts.relationOf);
    if (writable.resource === 'asset') parts.engine.fillAsset(id);
    return context.json({ success: true, id });
  });

  app.delete(`/rest/${writable.resource}/:id`, (context) => {
    if (context.get('principal') === 'token') throw new ApiError(403, 'Not allowed');
    tables[writable.resource].delete(recordOf(context, table).id);
    return context.json({ success: true });
  });
}

function writeContext({ tables, userName, now }: SimParts, context: SimContext): WriteContext {
  return { tables, userId: actorOf(context, userName).id, time: soarTime(now()) };
}

function createOne(parts: SimParts, writable: WritableResource, body: unknown, context: WriteContext): object {
  const { id } = createRecord(writable, body, context, parts.relationOf);
  if (writable.resource !== 'container') return { success: true, id };
  return { success: true, id, new_artifact_ids: createArtifacts(parts, id, body, context) };
}

/** A container may bring its artifacts along; those that do not fit are left out. */
function createArtifacts(parts: SimParts, container: number, body: unknown, context: WriteContext): number[] {
  const artifacts: unknown = isJsonObject(body) ? body['artifacts'] : undefined;
  const writable = WRITABLE_RESOURCES.find(({ resource }) => resource === 'artifact');
  if (!Array.isArray(artifacts) || !writable) return [];
  const answers = artifacts.map((fields: unknown) =>
    attempt(() =>
      createRecord(writable, isJsonObject(fields) ? { ...fields, container } : fields, context, parts.relationOf),
    ),
  );
  return answers.flatMap((answer) => ('id' in answer ? Number(answer.id) : []));
}

/** One entry of an array: what went wrong with it is its own answer. */
function attempt(create: () => object): object {
  try {
    return create();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { failed: true, message: error.message, ...error.fields };
  }
}
