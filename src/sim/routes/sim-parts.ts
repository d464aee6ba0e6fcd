import type { Hono } from 'hono';
import type { Engine } from '../engine/engine.js';
import { noSuchRecord } from '../http/api-error.js';
import type { SimContext, SimEnv } from '../http/sim-env.js';
import type { RelationOf } from '../query/field-path.js';
import type { Tables } from '../store/store.js';
import type { SoarRecord } from '../store/soar-record.js';
import type { ReadonlyTable } from '../store/table.js';

/** What routes are made of. */
export interface SimParts {
  readonly app: Hono<SimEnv>;
  readonly tables: Tables;
  readonly relationOf: RelationOf;
  readonly engine: Engine;
  /** The name that Basic credentials go by. */
  readonly userName: string;
}

/** The id in the path, or 404. */
export function idOf(context: SimContext, resource: string): number {
  const text = context.req.param('id') ?? '';
  if (!/^\d{1,15}$/.test(text)) throw noSuchRecord(resource, text.slice(0, 100));
  return Number(text);
}

/** The record that the path names, or 404. */
export function recordOf<T extends SoarRecord>(context: SimContext, table: ReadonlyTable<T>): T {
  const id = idOf(context, table.name);
  const record = table.get(id);
  if (!record) throw noSuchRecord(table.name, id);
  return record;
}
