import { isLoopback } from '../model/loopback.js';
import { EnvHttpProxyAgent, Pool } from 'undici';
import type { Dispatcher } from 'undici';

/** How to connect to an origin. */
export interface ConnectOptions {
  readonly origin: string;
  /** PEM text of the authorities to trust instead of the system's. */
  readonly ca?: string | undefined;
  readonly tlsVerify: boolean;
  readonly connectTimeoutMs: number;
  readonly maxConnections: number;
}

const PROXY_VARIABLES = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'];

/**
 * Connections to one origin, at most `maxConnections`: through the proxy that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` name, as
 * undici's `EnvHttpProxyAgent` reads them. Loopback is always reached directly.
 */
export function createDispatcher(options: ConnectOptions): Dispatcher {
  const tls = {
    timeout: options.connectTimeoutMs,
    rejectUnauthorized: options.tlsVerify,
    minVersion: 'TLSv1.2',
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  } as const;
  const pool = {
    connections: options.maxConnections,
    pipelining: 1,
    // Our own deadline covers the whole call; undici's clocks for headers and body tick only about once a second.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: tls,
  };
  const hasProxy = PROXY_VARIABLES.some((name) => process.env[name]);
  if (!hasProxy || isLoopback(options.origin)) return new Pool(options.origin, pool);
  return new EnvHttpProxyAgent({ ...pool, requestTls: tls });
}
