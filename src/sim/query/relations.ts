import type { TableName, Tables } from '../store/store.js';
import type { RelationOf } from './field-path.js';

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

/** Finds related tables among `tables`. */
export function relationsOf(tables: Tables): RelationOf {
  const byTable = new Map<string, ReadonlyMap<string, TableName>>(
    Object.entries(RELATIONS).map(([table, fields]) => [table, new Map(Object.entries(fields))]),
  );
  return (table, field) => {
    const name = byTable.get(table)?.get(field);
    return name && tables[name];
  };
}
