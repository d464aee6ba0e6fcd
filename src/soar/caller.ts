import { readFileSync } from 'node:fs';
import type { Check, Checked } from '../contracts/validate.js';
import { SOAR_ERROR_CODES } from '../model/error-codes.js';
import { soarUrlProblem } from '../model/soar-access.js';
import { redact } from './secrets.js';
import { SoarError, toSafeText } from './soar-error.js';
import type { Credentials, CredentialSource, SoarAuth } from './http/auth.js';
import { createCredentialSource } from './http/auth.js';
import type { CircuitBreaker } from './http/circuit-breaker.js';
import { createCircuitBreaker, requireClosed, throughBreaker } from './http/circuit-breaker.js';
import { takeTurn } from './http/rate-limiter.js';
import type { RateLimiter, Turn } from './http/rate-limiter.js';
import { readAnswer, serverTimeMs } from './http/response.js';
import { createTransport } from './http/transport.js';
import type { TransportOptions } from './http/transport.js';
import type { ListQuery } from './query.js';
import { toQueryString } from './query.js';

/** How to reach SOAR. Times in milliseconds, sizes in bytes. */
export interface SoarClientOptions {
  /** As `https://soar.example.com` or `https://soar.example.com:8443`; without credentials. */
  readonly baseUrl: string;
  /** Which SOAR this is, if its address can change; without blanks. Default: its address. */
  readonly identity?: string | undefined;
  readonly auth: SoarAuth;
  /** PEM file with the authorities to trust: for a certificate of one's own. Default: the system's authorities. */
  readonly caFile?: string | undefined;
  /** `false` accepts any certificate, for this client only. Default: true. */
  readonly tlsVerify?: boolean | undefined;
  /** Deadline of a call, everything included. Default: 10,000. */
  readonly timeoutMs?: number | undefined;
  /** Deadline of making a connection. Default: 5,000. */
  readonly connectTimeoutMs?: number | undefined;
  /** Connections at the same time; further calls wait for one, within their deadline. Default: 32. */
  readonly maxConnections?: number | undefined;
  /** Largest answer, counted after decompression. Default: 16 MiB; 4 MiB for a single run, approval or cancel. */
  readonly maxBodyBytes?: number | undefined;
  /** Keeps calls away from a SOAR that does not answer. Default: one for this client alone. */
  readonly breaker?: CircuitBreaker | undefined;
  /** Holds requests back to a rate. Default: none does. */
  readonly limiter?: RateLimiter | undefined;
}

/** The default deadline of a call, in milliseconds. */
const DEFAULT_TIMEOUT_MS = 10_000;

const DEFAULT_CONNECT_TIMEOUT_MS = 5_000;
const DEFAULT_MAX_CONNECTIONS = 32;
const DEFAULT_MAX_BODY_BYTES = 16 * 1024 * 1024;
/** For answers about one thing. */
export const SMALL_BODY_BYTES = 4 * 1024 * 1024;

/** Where SOAR is: the origin connections go to, and what stands before `/rest`. */
export interface SoarAddress {
  readonly origin: string;
  readonly basePath: string;
}

/** Checks a base URL. Throws a `TypeError` that says what would be right and never repeats the URL. */
export function parseBaseUrl(baseUrl: string): SoarAddress {
  const problem = soarUrlProblem(baseUrl);
  if (problem !== undefined) throw new TypeError(`SOAR_BASE_URL ${problem}`);
  const { origin, pathname } = new URL(baseUrl);
  return { origin, basePath: pathname.replace(/\/+$/, '') };
}

/** The transport's part of the options, with the defaults filled in. Reads the CA file. */
function toTransportOptions(options: SoarClientOptions): TransportOptions {
  return {
    origin: parseBaseUrl(options.baseUrl).origin,
    ca: options.caFile === undefined ? undefined : readFileSync(options.caFile, 'utf8'),
    tlsVerify: options.tlsVerify ?? true,
    connectTimeoutMs: options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS,
    maxConnections: options.maxConnections ?? DEFAULT_MAX_CONNECTIONS,
    maxBodyBytes: options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
  };
}

/** What a single call may ask for; a signal ends it, and it then rejects with the signal's own reason. */
export interface CallOptions extends Turn {
  /** Deadline of this call in milliseconds, instead of the client's. */
  readonly timeoutMs?: number | undefined;
  /** Largest answer, if it is smaller than the client's. */
  readonly maxBodyBytes?: number | undefined;
  /** Goes out at once, whatever the rate limit, the circuit breaker or an earlier Retry-After say: for a cancel. */
  readonly atOnce?: boolean | undefined;
}

/** Sends one request and checks its answer. Never repeats anything. `resource` is below `/rest`: `/action_run/2`. */
export interface Caller {
  readonly get: <T>(resource: string, check: Check<T>, query?: ListQuery, call?: CallOptions) => Promise<T>;
  readonly post: <T>(resource: string, check: Check<T>, body: unknown, call?: CallOptions) => Promise<T>;
  /** By how much SOAR's clock is ahead of ours, in milliseconds, as its last answer said; 0 while it has not. */
  readonly clockOffsetMs: () => number;
  readonly close: () => Promise<void>;
}

interface Endpoint<T> {
  readonly method: 'GET' | 'POST';
  readonly resource: string;
  readonly check: Check<T>;
  readonly query?: ListQuery | undefined;
  readonly body?: unknown;
}

const MAX_PROBLEMS = 3;
const MAX_PROBLEM_CHARS = 300;

/** No compression is asked for: results are small, and what is not compressed needs no guard against bombs. */
const GET_HEADERS = { accept: 'application/json', 'accept-encoding': 'identity', 'user-agent': 'soar-runner' };
const HEADERS = { GET: GET_HEADERS, POST: { ...GET_HEADERS, 'content-type': 'application/json' } };

/** Makes a {@link Caller}. Throws a `TypeError` for options that can never work. */
export function createCaller(options: SoarClientOptions): Caller {
  const { basePath } = parseBaseUrl(options.baseUrl);
  const transportOptions = toTransportOptions(options);
  const transport = createTransport(transportOptions);
  const credentialSource = createCredentialSource(options.auth);
  const breaker = options.breaker ?? createCircuitBreaker();
  let clockOffsetMs = 0;

  async function send<T>(endpoint: Endpoint<T>, path: string, call: CallOptions): Promise<T> {
    const { method } = endpoint;
    const { headers, secrets } = await credentialsFor(credentialSource, method, path);
    const maxBodyBytes = Math.min(call.maxBodyBytes ?? Infinity, transportOptions.maxBodyBytes);
    const answer = await transport.send({
      method,
      target: path + toQueryString(endpoint.query ?? {}),
      headers: { ...HEADERS[method], ...headers },
      body: toBody(endpoint, path),
      timeoutMs: call.timeoutMs ?? options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      signal: call.signal,
      maxBodyBytes,
    });
    const soarTimeMs = serverTimeMs(answer);
    if (soarTimeMs !== undefined) clockOffsetMs = soarTimeMs - Date.now();
    const json = await readAnswer(answer, { method, path, maxBodyBytes, secrets, nowMs: Date.now() });
    return checked(endpoint.check(json), { method, path, status: answer.status }, secrets);
  }

  async function call<T>(endpoint: Endpoint<T>, callOptions: CallOptions = {}): Promise<T> {
    callOptions.signal?.throwIfAborted();
    const path = `${basePath}/rest${endpoint.resource}`;
    const request = { method: endpoint.method, path };
    const { atOnce = false } = callOptions;
    // First: a call that is refused takes no turn, and a probe waits behind none.
    if (!atOnce) requireClosed(breaker, request);
    if (options.limiter && !atOnce) await takeTurn(options.limiter, callOptions, request);
    return throughBreaker(breaker, { ...request, atOnce }, () => send(endpoint, path, callOptions));
  }

  return {
    get: (resource, check, query, callOptions) => call({ method: 'GET', resource, check, query }, callOptions),
    post: (resource, check, body, callOptions) => call({ method: 'POST', resource, check, body }, callOptions),
    clockOffsetMs: () => clockOffsetMs,
    close: () => transport.close(),
  };
}

async function credentialsFor(source: CredentialSource, method: string, path: string): Promise<Credentials> {
  try {
    return await source();
  } catch (error) {
    // The file system's own words, which name the file, or ours.
    const detail = `the token file gives no token: ${error instanceof Error ? error.message : String(error)}`;
    throw new SoarError({ code: SOAR_ERROR_CODES.UNAUTHORIZED, method, path, sent: false, detail });
  }
}

function toBody({ method, body }: Endpoint<unknown>, path: string): string | undefined {
  if (body === undefined) return undefined;
  try {
    return JSON.stringify(body);
  } catch {
    const detail = 'the body cannot be written as JSON: it has a cycle or a BigInt';
    throw new SoarError({ code: SOAR_ERROR_CODES.INVALID_REQUEST, method, path, sent: false, detail });
  }
}

/** The problems name fields, and in a JSON object of SOAR's anything can be the name of one. */
function checked<T>(
  result: Checked<T>,
  request: { method: string; path: string; status: number },
  secrets: readonly string[],
): T {
  if (result.ok) return result.value;
  const problems = toSafeText(redact(result.problems.slice(0, MAX_PROBLEMS).join('; '), secrets), MAX_PROBLEM_CHARS);
  const detail = `the answer is not what the contract says: ${problems}`;
  throw new SoarError({ ...request, code: SOAR_ERROR_CODES.CONTRACT, sent: true, detail });
}
