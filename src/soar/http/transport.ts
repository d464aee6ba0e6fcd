import type { IncomingHttpHeaders } from 'node:http';
import { EnvHttpProxyAgent, Pool } from 'undici';
import type { Dispatcher } from 'undici';
import { SOAR_ERROR_CODES } from '../../model/error-codes.js';
import type { SoarErrorCode } from '../../model/error-codes.js';
import { isLoopback } from '../../model/soar-access.js';
import { codeOfError, hasTlsCode, SoarError } from '../soar-error.js';
import { tooLarge } from './body.js';

/** How to connect to an origin. */
export interface ConnectOptions {
  readonly origin: string;
  /** PEM text of the authorities to trust instead of the system's. */
  readonly ca?: string | undefined;
  readonly tlsVerify: boolean;
  readonly connectTimeoutMs: number;
  readonly maxConnections: number;
}

/** As undici reads it, but that blanks around it count for nothing: undici takes them for an address, and throws. */
function proxyIn(variable: 'HTTP_PROXY' | 'HTTPS_PROXY'): string {
  return (process.env[variable.toLowerCase()] ?? process.env[variable] ?? '').trim();
}

/**
 * Connections to one origin, at most `maxConnections`: through the proxy that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` name, as
 * undici's `EnvHttpProxyAgent` reads them. Loopback is always reached directly.
 */
function createDispatcher(options: ConnectOptions): Dispatcher {
  const tls = {
    timeout: options.connectTimeoutMs,
    rejectUnauthorized: options.tlsVerify,
    minVersion: 'TLSv1.2',
    // As curl takes it: what somebody names to be trusted is trusted, also an authority in the middle, or SOAR's own certificate.
    // Name and dates are checked as ever. Node 20.18 and 22.9 are the first that know it; older ones trust roots alone.
    ...(options.ca === undefined ? {} : { ca: options.ca, allowPartialTrustChain: true }),
  } as const;
  const pool = {
    connections: options.maxConnections,
    pipelining: 1,
    // Our own deadline covers the whole call; undici's clocks for headers and body tick only about once a second.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: tls,
  };
  const proxies = { httpProxy: proxyIn('HTTP_PROXY'), httpsProxy: proxyIn('HTTPS_PROXY') };
  const hasProxy = Object.values(proxies).some(Boolean);
  if (!hasProxy || isLoopback(options.origin)) return new Pool(options.origin, pool);
  return new EnvHttpProxyAgent({ ...pool, ...proxies, requestTls: tls });
}

/** One HTTP request, ready to be written. */
export interface WireRequest {
  readonly method: 'GET' | 'POST';
  /** Path with the query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** For everything together: waiting for a connection, connecting, writing, headers, body. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Largest body as it comes. */
  readonly maxBodyBytes: number;
}

/** One HTTP answer as it came, whatever its status. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What a {@link Transport} is made of. */
export interface TransportOptions extends ConnectOptions {
  readonly maxBodyBytes: number;
}

/** Bounded connections to one origin. Follows no redirect, repeats nothing, asks no other host. */
export interface Transport {
  /** Rejects with a `SoarError`, or with the reason of the caller's signal, unchanged. */
  send(request: WireRequest): Promise<WireAnswer>;
  /** Lets calls under way finish, then closes every connection; calls after that fail. */
  close(): Promise<void>;
}

/** Makes a {@link Transport}. No connection is opened before the first request. */
export function createTransport(options: TransportOptions): Transport {
  const dispatcher = createDispatcher(options);
  const underWay = new Set<Promise<unknown>>();
  return {
    send: async (request) => {
      const answer = send(dispatcher, request, options);
      underWay.add(answer);
      return answer.finally(() => underWay.delete(answer));
    },
    close: async () => {
      await Promise.allSettled(underWay);
      // Not `close`: that would wait for connections that nobody waits for any more.
      await dispatcher.destroy();
    },
  };
}

async function send(dispatcher: Dispatcher, request: WireRequest, { origin }: TransportOptions): Promise<WireAnswer> {
  request.signal?.throwIfAborted();
  try {
    return await new Promise((resolve, reject) => {
      new Exchange(request, resolve, reject).start(dispatcher, origin);
    });
  } catch (error) {
    request.signal?.throwIfAborted();
    throw error;
  }
}

/** One request and its answer. Knows exactly whether a byte may have been written, which undici's errors do not say. */
class Exchange implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | undefined;
  private settled = false;
  private status: number | undefined;
  private headers: IncomingHttpHeaders = {};
  private readonly chunks: Buffer[] = [];
  private receivedBytes = 0;
  private deadline: NodeJS.Timeout | undefined;

  constructor(
    private readonly request: WireRequest,
    private readonly resolve: (answer: WireAnswer) => void,
    private readonly reject: (error: Error) => void,
  ) {}

  start(dispatcher: Dispatcher, origin: string): void {
    const { method, target: path, headers, body, timeoutMs, signal } = this.request;
    this.deadline = setTimeout(this.onDeadline, timeoutMs);
    signal?.addEventListener('abort', this.onAbort);
    // undici repeats nothing on its own: a request whose connection broke is failed, not sent again.
    try {
      dispatcher.dispatch({ origin, method, path, headers, body: body ?? null, idempotent: method === 'GET' }, this);
    } catch (error) {
      this.giveUp(SOAR_ERROR_CODES.INVALID_REQUEST, `cannot be sent (${codeOfError(error)})`);
    }
  }

  /** undici calls this right before it writes the request to a connected socket: from here on it may have arrived. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.settled) controller.abort(new Error('given up while waiting for a connection'));
    else this.controller = controller;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.status = status;
    this.headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.receivedBytes += chunk.length;
    if (this.receivedBytes <= this.request.maxBodyBytes) this.chunks.push(chunk);
    else this.giveUp(SOAR_ERROR_CODES.BODY_TOO_LARGE, tooLarge(this.request.maxBodyBytes).message);
  }

  onResponseEnd(): void {
    if (this.status === undefined || !this.settle()) return;
    this.resolve({ status: this.status, headers: this.headers, body: Buffer.concat(this.chunks) });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    const code = codeOfError(error);
    if (this.status !== undefined) this.giveUp(SOAR_ERROR_CODES.BODY_UNREADABLE, `the answer was cut off (${code})`);
    else if (this.sent) this.giveUp(SOAR_ERROR_CODES.CONNECTION_LOST, `the connection broke (${code})`);
    else if (code === 'UND_ERR_INVALID_ARG') this.giveUp(SOAR_ERROR_CODES.INVALID_REQUEST, 'cannot be sent');
    else if (code === 'UND_ERR_CONNECT_TIMEOUT') this.giveUp(SOAR_ERROR_CODES.TIMEOUT, 'connecting took too long');
    else if (hasTlsCode(error))
      this.giveUp(SOAR_ERROR_CODES.TLS, `the certificate or the TLS version is refused (${code})`);
    else this.giveUp(SOAR_ERROR_CODES.CONNECTION, `no connection (${code})`);
  }

  private get sent(): boolean {
    return this.controller !== undefined;
  }

  private readonly onDeadline = (): void => {
    this.giveUp(SOAR_ERROR_CODES.TIMEOUT, `no whole answer within ${this.request.timeoutMs} ms`);
  };

  /** `send` puts the signal's own reason in the place of this error. */
  private readonly onAbort = (): void => {
    this.giveUp(SOAR_ERROR_CODES.CONNECTION_LOST, 'aborted');
  };

  private giveUp(code: SoarErrorCode, detail: string): void {
    if (!this.settle()) return;
    const { method, target } = this.request;
    const error = new SoarError({
      code,
      method,
      path: withoutQuery(target),
      sent: this.sent,
      status: this.status,
      detail,
    });
    this.reject(error);
    this.controller?.abort(error);
  }

  /** True the first time only. */
  private settle(): boolean {
    if (this.settled) return false;
    this.settled = true;
    clearTimeout(this.deadline);
    this.request.signal?.removeEventListener('abort', this.onAbort);
    return true;
  }
}

/** The path of a request target: queries hold names and filters that belong in no error. */
function withoutQuery(target: string): string {
  return target.split('?', 1)[0] ?? target;
}
