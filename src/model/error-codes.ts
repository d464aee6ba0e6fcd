/**
 * The stable codes a SOAR call can fail with. They are the `code` of a `SoarError` and the `type` of the Temporal
 * failure it becomes, so callers, retry policies and dashboards match on them.
 */
export const SOAR_ERROR_CODES = {
  /** The request was refused before anything was sent: a field is missing, mistyped or out of range. */
  INVALID_REQUEST: 'SOAR_INVALID_REQUEST',
  /** No connection was made: nothing was sent. */
  CONNECTION: 'SOAR_CONNECTION',
  /** SOAR's certificate was not accepted: nothing was sent. */
  TLS: 'SOAR_TLS',
  /** The connection broke after the request left. */
  CONNECTION_LOST: 'SOAR_CONNECTION_LOST',
  /** A connect, headers or body deadline passed. */
  TIMEOUT: 'SOAR_TIMEOUT',
  /** 400 and other 4xx without a code of their own. */
  BAD_REQUEST: 'SOAR_BAD_REQUEST',
  /** 401. */
  UNAUTHORIZED: 'SOAR_UNAUTHORIZED',
  /** 403. */
  FORBIDDEN: 'SOAR_FORBIDDEN',
  /** 404. */
  NOT_FOUND: 'SOAR_NOT_FOUND',
  /** 405. */
  METHOD_NOT_ALLOWED: 'SOAR_METHOD_NOT_ALLOWED',
  /** 408 or 425: the request may be sent again. */
  TRY_AGAIN: 'SOAR_TRY_AGAIN',
  /** 429. */
  RATE_LIMITED: 'SOAR_RATE_LIMITED',
  /** 500 and other 5xx. */
  SERVER_ERROR: 'SOAR_SERVER_ERROR',
  /** 502, 503 or 504: usually the proxy in front. */
  UNAVAILABLE: 'SOAR_UNAVAILABLE',
  /** 3xx: never followed. */
  REDIRECT: 'SOAR_REDIRECT',
  /** The answer is larger than the client accepts. */
  BODY_TOO_LARGE: 'SOAR_BODY_TOO_LARGE',
  /** The answer is cut, is not UTF-8, or is not JSON. */
  BODY_UNREADABLE: 'SOAR_BODY_UNREADABLE',
  /** The answer is JSON of another shape than the contract's. */
  CONTRACT: 'SOAR_CONTRACT',
  /** HTTP 200 with `failed: true`. */
  FAILED: 'SOAR_FAILED',
} as const;

/** One of the values of {@link SOAR_ERROR_CODES}. */
export type SoarErrorCode = (typeof SOAR_ERROR_CODES)[keyof typeof SOAR_ERROR_CODES];
