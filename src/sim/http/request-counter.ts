import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { SimEnv } from './sim-env.js';

/** Counts requests by method and route, for example `GET /rest/action_run/:id`; those that no route takes under `unmatched`. */
export class RequestCounter {
  readonly #counts = new Map<string, number>();

  readonly middleware: MiddlewareHandler<SimEnv> = async (context, next) => {
    await next();
    const path = routePath(context, -1);
    const key = path.includes('*') ? 'unmatched' : `${context.req.method} ${path}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  };

  /** The counts so far. */
  counts(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }
}
