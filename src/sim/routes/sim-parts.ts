import type { Hono } from 'hono';
import type { Engine } from '../engine/engine.js';
import { noSuchRecord } from '../http/api-error.js';
import type { SimContext, SimEnv } from '../http/sim-env.js';
import type { RelationOf } from '../query/field-path.js';
import type { SoarRecord } from '../records.js';
import { SEED } from '../seed.js';
import type { Tables } from '../store/store.js';
import type { ReadonlyTable } from '../store/table.js';

/** What routes are made of. */
export interface SimParts {
  readonly app: Hono<SimEnv>;
  readonly tables: Tables;
  readonly relationOf: RelationOf;
  readonly engine: Engine;
  /** The name that Basic credentials go by. */
  readonly userName: string;
  /** The GUID of this server. */
  readonly machineId: string;
  /** The clock, in milliseconds since 1970. */
  readonly now: () => number;
}

/** The user that a request acts as. */
export function actorOf(context: SimContext, userName: string): { id: number; name: string } {
  return context.get('principal') === 'user'
    ? { id: SEED.users.admin, name: userName }
    : { id: SEED.users.automation, name: 'automation' };
}

/** The record that the path names, by its id or, where records have unique names, by its name. Otherwise 404. */
export function recordOf<T extends SoarRecord>(context: SimContext, table: ReadonlyTable<T>): T {
  const text = context.req.param('id') ?? '';
  const record = /^\d{1,15}$/.test(text) ? table.get(Number(text)) : recordNamed(text, table);
  if (!record) throw noSuchRecord(table.name, text.slice(0, 100));
  return record;
}

/** Only lists of cells go by name: the product's documentation addresses `/rest/decided_list/<list name>`. */
function recordNamed<T extends SoarRecord>(name: string, table: ReadonlyTable<T>): T | undefined {
  return table.name === 'decided_list' ? table.all().find((row) => row['name'] === name) : undefined;
}
