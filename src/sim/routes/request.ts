import type { Hono } from 'hono';
import type { Engine } from '../engine/engine.js';
import { ApiError } from '../http.js';
import type { SimContext, SimEnv } from '../http.js';
import type { RelationOf } from '../query/filter.js';
import type { SoarRecord } from '../records.js';
import { USER_IDS } from '../seed.js';
import type { Tables } from '../store/store.js';
import type { ReadonlyTable } from '../store/table.js';

/** SOAR has no such limit. Writing a value that is nested far deeper as JSON would exhaust the stack. */
const MAX_DEPTH = 100;

/** What the routes are made of. */
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

/** The query string, repeated keys included. */
export function queryOf(context: SimContext): URLSearchParams {
  return new URL(context.req.url).searchParams;
}

/**
 * The body of a POST, read as JSON whatever its Content-Type says: some clients send none. Throws an {@link ApiError} of status
 * 400 for text that is not JSON or is nested too deeply.
 */
export function bodyOf(context: SimContext): unknown {
  const body = parseJson(context.get('bodyText'));
  // Level by level, because recursion would exhaust the stack itself.
  let level: unknown[] = [body];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) throw new ApiError(400, `The body is nested deeper than ${MAX_DEPTH} levels`);
    level = level.flatMap((value): unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
  }
  return body;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(400, 'The body is not valid JSON');
  }
}

/** The user that a request acts as. */
export function actorOf(context: SimContext, userName: string): { id: number; name: string } {
  return context.get('principal') === 'user'
    ? { id: USER_IDS.admin, name: userName }
    : { id: USER_IDS.automation, name: 'automation' };
}

/**
 * The record that the path names. Throws an {@link ApiError} of status 404 if there is none; the product's text is unknown.
 * A decided_list may be named instead of numbered: the product's documentation has `/rest/decided_list/<list name>`.
 */
export function recordOf<T extends SoarRecord>(context: SimContext, table: ReadonlyTable<T>): T {
  const text = context.req.param('id') ?? '';
  let record: T | undefined;
  if (/^\d{1,15}$/.test(text)) record = table.get(Number(text));
  else if (table.name === 'decided_list') record = table.all().find((row) => row['name'] === text);
  if (!record) throw new ApiError(404, `${table.name} ${text.slice(0, 100)} not found`);
  return record;
}
