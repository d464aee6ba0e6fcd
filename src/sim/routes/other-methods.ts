import type { Hono } from 'hono';
import { ApiError } from '../http/api-error.js';
import type { SimEnv } from '../http/sim-env.js';

/** Answers 405 on every path that has a route, for the methods that it has none for. To be called after all routes. */
export function refuseOtherMethods(app: Hono<SimEnv>): void {
  const paths = new Set(app.routes.map(({ path }) => path).filter((path) => path.startsWith('/rest/')));
  for (const path of paths) {
    app.all(path, () => {
      throw new ApiError(405, 'Method not allowed');
    });
  }
}
