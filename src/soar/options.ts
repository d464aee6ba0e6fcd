import { readFileSync } from 'node:fs';
import type { SoarAuth } from './auth.js';
import type { Gate } from './gate.js';
import type { Pacer } from './pacer.js';
import type { TransportOptions } from './request.js';

/** How to reach SOAR. Times in milliseconds, sizes in bytes. */
export interface SoarClientOptions {
  /** As `https://soar.example.com` or `https://soar.example.com:8443`; without credentials. */
  readonly baseUrl: string;
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
  /** Largest answer, counted after decompression. Default: 32 MiB. */
  readonly maxBodyBytes?: number | undefined;
  /** Keeps calls away from a SOAR that does not answer. Default: a gate for this client alone. */
  readonly gate?: Gate | undefined;
  /** Holds requests back to a rate. Default: none does. */
  readonly pacer?: Pacer | undefined;
}

/** The default deadline of a call, in milliseconds. */
export const DEFAULT_TIMEOUT_MS = 10_000;

const DEFAULT_CONNECT_TIMEOUT_MS = 5_000;
const DEFAULT_MAX_CONNECTIONS = 32;
const DEFAULT_MAX_BODY_BYTES = 32 * 1024 * 1024;

/** Where SOAR is: the origin connections go to, and what stands before `/rest`. */
export interface SoarAddress {
  readonly origin: string;
  readonly basePath: string;
}

/** Checks a base URL. Throws a `TypeError` that says what would be right and never repeats the URL. */
export function parseBaseUrl(baseUrl: string): SoarAddress {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url === undefined || !['https:', 'http:'].includes(url.protocol)) {
    throw new TypeError('SOAR_BASE_URL must be a URL such as https://soar.example.com');
  }
  if (url.username !== '' || url.password !== '') {
    throw new TypeError(
      'SOAR_BASE_URL must not hold credentials: set SOAR_AUTH_TOKEN, or SOAR_USERNAME and SOAR_PASSWORD, instead',
    );
  }
  if (url.search !== '' || url.hash !== '') throw new TypeError('SOAR_BASE_URL must not have a query or a fragment');
  return { origin: url.origin, basePath: url.pathname.replace(/\/+$/, '') };
}

/** The transport's part of the options, with the defaults filled in. Reads the CA file. */
export function toTransportOptions(options: SoarClientOptions): TransportOptions {
  return {
    origin: parseBaseUrl(options.baseUrl).origin,
    ca: options.caFile === undefined ? undefined : readFileSync(options.caFile, 'utf8'),
    tlsVerify: options.tlsVerify ?? true,
    connectTimeoutMs: options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS,
    maxConnections: options.maxConnections ?? DEFAULT_MAX_CONNECTIONS,
    maxBodyBytes: options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
  };
}
