import type { MiddlewareHandler } from 'hono';
import type { Faults } from '../options.js';
import { ApiError } from './api-error.js';
import type { Authenticate } from './credentials.js';
import type { SimContext, SimEnv } from './sim-env.js';

/** The one place where injected faults act: outermost, as a proxy or a bad network would. */
export function injectFaults({ beforeHandle, beforeAnswer }: Faults): MiddlewareHandler<SimEnv> {
  return async (context, next) => {
    const copy = context.req.raw.clone();
    const instead = await beforeHandle?.(copy.clone());
    if (instead) return instead;
    await next();
    const answer = await beforeAnswer?.(copy, context.res);
    if (answer === 'drop') context.env.incoming?.socket.destroy();
    else if (answer) context.res = answer;
    return undefined;
  };
}

/** Answers 401 to whoever is not let in. */
export function requireCredentials(authenticate: Authenticate): MiddlewareHandler<SimEnv> {
  return async (context, next) => {
    const principal = authenticate(context.req.raw.headers);
    if (!principal) throw new ApiError(401, 'Authentication credentials were missing or wrong');
    context.set('principal', principal);
    await next();
  };
}

/** Reads the body of a POST before the handler runs, so that handlers are synchronous and never interleave. */
export const readBody: MiddlewareHandler<SimEnv> = async (context, next) => {
  if (context.req.method === 'POST') context.set('bodyText', await context.req.text());
  await next();
};

/** Does what has fallen due before the handler, and writes the journal after it. */
export function keepState(engine: { advance(): void }, store: { commit(): void }): MiddlewareHandler<SimEnv> {
  return async (_context, next) => {
    engine.advance();
    await next();
    store.commit();
  };
}

/** Puts every error into SOAR's envelope. */
export function errorAnswer(error: Error, context: SimContext): Response {
  if (!(error instanceof ApiError))
    return context.json({ failed: true, message: `internal error: ${error.message}` }, 500);
  return context.json({ failed: true, message: error.message, ...error.fields }, error.status);
}

/** 404 in the product's words. */
export function notFound(context: SimContext): Response {
  const { path } = context.req;
  const resource = /^\/rest\/([^/]+)/.exec(path)?.[1] ?? path;
  return errorAnswer(new ApiError(404, `not found ${resource.slice(0, 100)}`), context);
}
