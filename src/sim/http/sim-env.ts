import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { Principal } from './credentials.js';

/** What requests carry from middleware to handlers. There is no socket when the app is called in-process. */
export interface SimEnv {
  Bindings: Partial<HttpBindings>;
  Variables: {
    principal: Principal;
    /** The body of a POST as it came. */
    bodyText: string;
  };
}

/** The context of one request. */
export type SimContext = Context<SimEnv>;

/** The query string, repeated keys included. */
export function queryOf(context: SimContext): URLSearchParams {
  return new URL(context.req.url).searchParams;
}
