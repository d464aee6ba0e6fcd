import { createHash, timingSafeEqual } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { routePath } from 'hono/route';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { z } from 'zod';
import type { Faults } from './options.js';

/** An answer in SOAR's error envelope, `{"failed": true, "message": …}`, with its HTTP status and any other fields. */
export class ApiError extends Error {
  constructor(
    readonly status: ContentfulStatusCode,
    message: string,
    readonly fields: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

/** Reads a body by its schema. Throws an {@link ApiError} of status 400 that names the first field that does not fit. */
export function parseFields<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw badField(parsed.error);
  return parsed.data;
}

/** 400 that names the first field that does not fit. */
export function badField(error: z.ZodError): ApiError {
  const issue = error.issues[0];
  return new ApiError(400, issue ? `${issue.path.join('.') || 'body'}: ${issue.message}` : 'The body does not fit');
}

/** What a request carries from middleware to handlers. In-process there is no socket, and no bindings. */
export interface SimEnv {
  Bindings: Partial<HttpBindings>;
  Variables: {
    /** How the client got in. A token may not delete. */
    principal: 'user' | 'token';
    /** The body of a POST as it came. */
    bodyText: string;
  };
}

/** The context of one request. */
export type SimContext = Context<SimEnv>;

/** Who may use the server. */
export interface Credentials {
  readonly token: string;
  readonly username: string;
  readonly password: string;
}

/** Counts requests by method and route, for example `GET /rest/action_run/:id`; those without a route under `unmatched`. */
export function countRequests(counts: Map<string, number>): MiddlewareHandler<SimEnv> {
  return async (context, next) => {
    await next();
    const path = routePath(context, -1);
    const key = path.includes('*') ? 'unmatched' : `${context.req.method} ${path}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  };
}

/** Lets a test's faults act on requests and answers, as a proxy or a bad network would. */
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

/**
 * Answers 401 unless the request has the header `ph-auth-token`, HTTP Basic with user and password, or HTTP Basic with an empty
 * user and the token as password. Splunk's documentation of REST authentication names all three.
 */
export function requireCredentials({ token, username, password }: Credentials): MiddlewareHandler<SimEnv> {
  const isToken = matcher(token);
  const isUser = matcher(`${username}:${password}`);
  const isTokenAsPassword = matcher(`:${token}`);
  const principalOf = (headers: Headers): SimEnv['Variables']['principal'] | undefined => {
    const given = headers.get('ph-auth-token');
    if (given !== null) return isToken(given) ? 'token' : undefined;
    const encoded = /^Basic +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? '';
    const basic = Buffer.from(encoded, 'base64').toString('utf8');
    if (isUser(basic)) return 'user';
    return isTokenAsPassword(basic) ? 'token' : undefined;
  };
  return async (context, next) => {
    const principal = principalOf(context.req.raw.headers);
    if (!principal) throw new ApiError(401, 'Authentication credentials were missing or wrong');
    context.set('principal', principal);
    await next();
  };
}

/** Compares digests, which all have one length, so that the time it takes reveals nothing about the secret. */
function matcher(secret: string): (given: string) => boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const expected = digest(secret);
  return (given) => timingSafeEqual(digest(given), expected);
}

/** Far more than any client of SOAR posts. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

const limitBody = bodyLimit({
  maxSize: MAX_BODY_BYTES,
  onError: (context) =>
    errorAnswer(new ApiError(413, `The body must be at most ${MAX_BODY_BYTES} bytes`), context as SimContext),
});

/** Reads the body of a POST before the handler runs. Handlers are therefore synchronous and never interleave. */
export const readBody: MiddlewareHandler<SimEnv> = (context, next) => {
  if (context.req.method !== 'POST') return next();
  return limitBody(context, async () => {
    context.set('bodyText', await context.req.text());
    await next();
  });
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
  if (error instanceof ApiError) {
    return context.json({ failed: true, message: error.message, ...error.fields }, error.status);
  }
  return context.json({ failed: true, message: `internal error: ${error.message}` }, 500);
}

/** 404 in the product's words. */
export function notFound(context: SimContext): Response {
  const { path } = context.req;
  const resource = /^\/rest\/([^/]+)/.exec(path)?.[1] ?? path;
  return errorAnswer(new ApiError(404, `not found ${resource.slice(0, 100)}`), context);
}
