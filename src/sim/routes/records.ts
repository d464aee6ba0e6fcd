import { asSingle, listRecords } from '../query/list.js';
import type { SoarRecord } from '../records.js';
import type { TableName } from '../store/store.js';
import type { ReadonlyTable } from '../store/table.js';
import type { SimParts } from './request.js';
import { queryOf, recordOf } from './request.js';

const RESOURCES: readonly TableName[] = [
  'action_run',
  'app',
  'app_action',
  'app_run',
  'approval',
  'artifact',
  'asset',
  'container',
  'container_comment',
  'decided_list',
  'note',
  'ph_user',
];

/** A list under a record: `/rest/<parent>/<id>/<name>` has those rows of `table` whose `field` is that id. */
interface SubResource {
  readonly parent: TableName;
  readonly name: string;
  readonly table: TableName;
  readonly field: string;
}

const SUB_RESOURCES: readonly SubResource[] = [
  { parent: 'action_run', name: 'app_runs', table: 'app_run', field: 'action_run' },
  { parent: 'action_run', name: 'approvals', table: 'approval', field: 'action_run' },
  { parent: 'app', name: 'actions', table: 'app_action', field: 'app' },
  { parent: 'container', name: 'actions', table: 'action_run', field: 'container' },
  { parent: 'container', name: 'app_runs', table: 'app_run', field: 'container' },
  { parent: 'container', name: 'artifacts', table: 'artifact', field: 'container' },
  { parent: 'container', name: 'comments', table: 'container_comment', field: 'container' },
  { parent: 'container', name: 'notes', table: 'note', field: 'container' },
];

/** Lists, single records and lists under a record. */
export function routeRecords(parts: SimParts): void {
  for (const resource of RESOURCES) routeResource(parts, parts.tables[resource]);
  for (const subResource of SUB_RESOURCES) routeSubResource(parts, subResource);
}

function routeResource({ app, relationOf }: SimParts, table: ReadonlyTable): void {
  app.get(`/rest/${table.name}`, (context) => context.json(listRecords(table, queryOf(context), relationOf)));
  app.get(`/rest/${table.name}/:id`, (context) => {
    const record = recordOf(context, table);
    return context.json(asSingle(record, table, queryOf(context), relationOf));
  });
}

function routeSubResource({ app, tables, relationOf }: SimParts, { parent, name, table, field }: SubResource): void {
  const parents: ReadonlyTable = tables[parent];
  app.get(`/rest/${parent}/:id/${name}`, (context) => {
    const { id } = recordOf(context, parents);
    const children = narrow(tables[table], (row) => row[field] === id);
    return context.json(listRecords(children, queryOf(context), relationOf));
  });
}

/** A table with only some of its rows. */
function narrow(table: ReadonlyTable, belongs: (row: SoarRecord) => boolean): ReadonlyTable {
  const all = (): SoarRecord[] => table.all().filter(belongs);
  const { name, fields } = table;
  return { name, fields, holdsObject: (field) => table.holdsObject(field), get: (id) => table.get(id), all };
}
