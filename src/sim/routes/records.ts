import { queryOf } from '../http/sim-env.js';
import { listRecords } from '../query/list-records.js';
import type { TableName } from '../store/store.js';
import type { SoarRecord } from '../store/soar-record.js';
import type { ReadonlyTable } from '../store/table.js';
import type { SimParts } from './sim-parts.js';
import { recordOf } from './sim-parts.js';

const RESOURCES: readonly TableName[] = ['action_run', 'app', 'app_action', 'app_run', 'asset', 'container', 'ph_user'];

/** Lists under a record: `/rest/<resource>/<id>/<name>` holds the rows of `table` whose `field` is that id. */
const SUB_RESOURCES: readonly { resource: TableName; name: string; table: TableName; field: string }[] = [
  { resource: 'action_run', name: 'app_runs', table: 'app_run', field: 'action_run' },
  { resource: 'app', name: 'actions', table: 'app_action', field: 'app' },
  { resource: 'container', name: 'actions', table: 'action_run', field: 'container' },
];

/** Lists, single records and sub-resources of every table. */
export function routeRecords(parts: SimParts): void {
  for (const resource of RESOURCES) routeResource(parts, resource);
  for (const subResource of SUB_RESOURCES) routeSubResource(parts, subResource);
}

function routeResource({ app, tables, relationOf }: SimParts, resource: TableName): void {
  const table: ReadonlyTable = tables[resource];
  app.get(`/rest/${resource}`, (context) => context.json(listRecords(table, queryOf(context), relationOf)));
  app.get(`/rest/${resource}/:id`, (context) => context.json(recordOf(context, table)));
}

function routeSubResource(
  { app, tables, relationOf }: SimParts,
  { resource, name, table, field }: (typeof SUB_RESOURCES)[number],
): void {
  const parents: ReadonlyTable = tables[resource];
  const children: ReadonlyTable = tables[table];
  app.get(`/rest/${resource}/:id/${name}`, (context) => {
    const { id } = recordOf(context, parents);
    return context.json(
      listRecords(
        narrow(children, (row) => row[field] === id),
        queryOf(context),
        relationOf,
      ),
    );
  });
}

/** A table with only some of its rows. */
function narrow(table: ReadonlyTable, belongs: (row: SoarRecord) => boolean): ReadonlyTable {
  const all = (): SoarRecord[] => table.all().filter(belongs);
  return { name: table.name, fields: table.fields, get: (id) => table.get(id), all };
}
