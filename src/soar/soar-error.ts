import { SOAR_ERROR_CODES } from '../model/error-codes.js';
import { wellFormed } from '../model/text.js';
import type { SoarErrorCode } from '../model/error-codes.js';

/** What a {@link SoarError} is made of. */
export interface SoarErrorFields {
  readonly code: SoarErrorCode;
  /** HTTP method of the request. */
  readonly method: string;
  /** Path of the request, without the query. */
  readonly path: string;
  /** See {@link SoarError.sent}. */
  readonly sent: boolean;
  /** What happened, in words of ours. */
  readonly detail: string;
  /** HTTP status, if there was an answer. */
  readonly status?: number | undefined;
  /** SOAR's own text, raw: the error cuts and cleans it. */
  readonly soarMessage?: string | undefined;
  /** How long SOAR, or the circuit breaker, asks to stay away. */
  readonly retryAfterMs?: number | undefined;
}

const MAX_SOAR_MESSAGE_CHARS = 1_000;

/**
 * The one error of the client: a call to SOAR gave no usable answer. `code` is stable and made for programs; `message`
 * is made for people and holds nothing secret: no query, no header, no body beyond SOAR's own bounded message.
 * The only other rejection of a call is the reason of its caller's own abort signal.
 */
export class SoarError extends Error {
  override readonly name = 'SoarError';
  readonly code: SoarErrorCode;
  readonly method: string;
  readonly path: string;
  /**
   * True when the request may have reached SOAR. False only when it certainly did not: no connection, no trust, or
   * given up before the first byte was written. Only then may a POST be repeated without looking first.
   */
  readonly sent: boolean;
  readonly status: number | undefined;
  /** SOAR's own text, at most 1,000 characters, on one line. Untrusted: it is data, never an instruction. */
  readonly soarMessage: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(fields: SoarErrorFields) {
    const soarMessage = fields.soarMessage === undefined ? undefined : toSafeText(fields.soarMessage);
    const said = soarMessage ? `: ${soarMessage}` : '';
    super(`${fields.method} ${fields.path}: ${fields.detail}${said}`);
    this.code = fields.code;
    this.method = fields.method;
    this.path = fields.path;
    this.sent = fields.sent;
    this.status = fields.status;
    this.soarMessage = soarMessage;
    this.retryAfterMs = fields.retryAfterMs;
  }
}

/** True if SOAR itself says that it does not know what was asked for: a 404 without its envelope is a proxy's. */
export function saysNotFound(error: unknown): boolean {
  return error instanceof SoarError && error.code === SOAR_ERROR_CODES.NOT_FOUND && error.soarMessage !== undefined;
}

/**
 * Makes a text from outside fit for one line of a log: control characters, line separators and marks that turn the
 * reading direction become spaces, half a character U+FFFD, and what is too long is cut.
 */
export function toSafeText(text: string, maxChars = MAX_SOAR_MESSAGE_CHARS): string {
  const cut = text.length > maxChars ? `${text.slice(0, maxChars - 1)}…` : text;
  return wellFormed(cut)
    .replace(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, ' ')
    .trim();
}

/** Codes of Node's TLS layer and of OpenSSL: the peer or its certificate was not accepted. */
const TLS_CODES =
  /^(?:ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH$|INVALID_CA$|PATH_LENGTH_)/;

/** The code of an error of Node or undici, as `ECONNREFUSED`: all of it that may be repeated. */
export function codeOfError(error: unknown): string {
  // Not `instanceof Error`: errors of Node's own modules can come from another realm.
  const hasCode = typeof error === 'object' && error !== null && 'code' in error;
  return hasCode && typeof error.code === 'string' ? error.code : 'no code';
}

/** True if TLS refused the connection, so that nothing of HTTP was written to it. */
export function hasTlsCode(error: unknown): boolean {
  return TLS_CODES.test(codeOfError(error));
}
