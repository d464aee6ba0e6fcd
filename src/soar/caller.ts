import type { Check, Checked } from '../contracts/soar/check.js';
import { SOAR_ERROR_CODES } from '../model/error-codes.js';
import { readAnswer } from './answer.js';
import type { Credentials, CredentialSource } from './auth.js';
import { createCredentialSource } from './auth.js';
import { SoarError, toSafeText } from './errors.js';
import { createGate, throughGate } from './gate.js';
import type { SoarClientOptions } from './options.js';
import { DEFAULT_TIMEOUT_MS, parseBaseUrl, toTransportOptions } from './options.js';
import { takeTurn } from './pacer.js';
import type { Turn } from './pacer.js';
import type { ListQuery } from './query.js';
import { toQueryString } from './query.js';
import { redact } from './redact.js';
import { createTransport } from './request.js';

/** What a single call may ask for; a signal ends it, and it then rejects with the signal's own reason. */
export interface CallOptions extends Turn {
  /** Deadline of this call in milliseconds, instead of the client's. */
  readonly timeoutMs?: number | undefined;
}

/** Sends one request and checks its answer. Never repeats anything. `resource` is below `/rest`: `/action_run/2`. */
export interface Caller {
  readonly get: <T>(resource: string, check: Check<T>, query?: ListQuery, call?: CallOptions) => Promise<T>;
  readonly post: <T>(resource: string, check: Check<T>, body: unknown, call?: CallOptions) => Promise<T>;
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
  const gate = options.gate ?? createGate();

  async function send<T>(endpoint: Endpoint<T>, path: string, call: CallOptions): Promise<T> {
    const { method } = endpoint;
    const { headers, secrets } = await credentialsFor(credentialSource, method, path);
    const answer = await transport.send({
      method,
      target: path + toQueryString(endpoint.query ?? {}),
      headers: { ...HEADERS[method], ...headers },
      body: toBody(endpoint, path),
      timeoutMs: call.timeoutMs ?? options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      signal: call.signal,
    });
    const { maxBodyBytes } = transportOptions;
    const json = await readAnswer(answer, { method, path, maxBodyBytes, secrets, nowMs: Date.now() });
    return checked(endpoint.check(json), { method, path, status: answer.status }, secrets);
  }

  async function call<T>(endpoint: Endpoint<T>, callOptions: CallOptions = {}): Promise<T> {
    callOptions.signal?.throwIfAborted();
    const path = `${basePath}/rest${endpoint.resource}`;
    if (options.pacer) await takeTurn(options.pacer, callOptions, { method: endpoint.method, path });
    return throughGate(gate, { method: endpoint.method, path }, () => send(endpoint, path, callOptions));
  }

  return {
    get: (resource, check, query, callOptions) => call({ method: 'GET', resource, check, query }, callOptions),
    post: (resource, check, body, callOptions) => call({ method: 'POST', resource, check, body }, callOptions),
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
