import { meaningOf, SOAR_ERROR_CODES } from '../../model/error-codes.js';
import { SoarError } from '../soar-error.js';

/** Settings of a {@link CircuitBreaker}; times in milliseconds. */
export interface CircuitBreakerOptions {
  /** While SOAR is away, one call in this time may try. Default: 5,000. */
  readonly probeIntervalMs?: number;
  /** The longest time a Retry-After may keep calls away. Default: 60,000. */
  readonly maxOpenMs?: number;
  /** Called when the circuit opens, with the reason, and when it closes again. */
  readonly onChange?: (state: 'open' | 'closed', reason?: string) => void;
  /** A clock that only goes forward. Default: `performance.now`. */
  readonly now?: () => number;
}

/**
 * Circuit breaker: while SOAR is unreachable one call every 5 s goes through, the others fail at once. Shared by all calls of
 * a client, or of several clients of the same SOAR.
 */
export interface CircuitBreaker {
  /** Milliseconds until a call may try; 0 now. Asking lets nobody through. */
  waitMs(): number;
  /** 0: go ahead. Else the milliseconds until the next call may try; a call that is let through as a probe gets 0 too. */
  admit(): number;
  /** SOAR was away: open for one probe interval, or for `retryAfterMs` if SOAR asked for longer. */
  recordFailure(retryAfterMs?: number, reason?: string): void;
  /** SOAR answered: closed. */
  recordSuccess(): void;
}

const DEFAULT_PROBE_INTERVAL_MS = 5_000;
const DEFAULT_MAX_OPEN_MS = 60_000;

/** Makes a {@link CircuitBreaker}, closed at first. */
export function createCircuitBreaker(options: CircuitBreakerOptions = {}): CircuitBreaker {
  const { probeIntervalMs = DEFAULT_PROBE_INTERVAL_MS, maxOpenMs = DEFAULT_MAX_OPEN_MS } = options;
  const now = options.now ?? (() => performance.now());
  let nextProbeAtMs: number | undefined;
  const waitMs = (): number => (nextProbeAtMs === undefined ? 0 : Math.max(0, Math.ceil(nextProbeAtMs - now())));
  return {
    waitMs,
    admit() {
      const leftMs = waitMs();
      if (leftMs === 0 && nextProbeAtMs !== undefined) nextProbeAtMs = now() + probeIntervalMs;
      return leftMs;
    },
    recordFailure(retryAfterMs = 0, reason = '') {
      if (nextProbeAtMs === undefined) options.onChange?.('open', reason);
      const openMs = Math.max(probeIntervalMs, Math.min(retryAfterMs, maxOpenMs));
      // Calls that were under way when another failed must not shorten a wait that SOAR asked for.
      nextProbeAtMs = Math.max(nextProbeAtMs ?? 0, now() + openMs);
    },
    recordSuccess() {
      if (nextProbeAtMs !== undefined) options.onChange?.('closed');
      nextProbeAtMs = undefined;
    },
  };
}

interface Request {
  readonly method: string;
  readonly path: string;
}

/** @throws SoarError `SOAR_UNAVAILABLE` while it is open, until a call may try */
export function requireClosed(breaker: CircuitBreaker, request: Request): void {
  requireNoWait(breaker.waitMs(), request);
}

function requireNoWait(retryAfterMs: number, request: Request): void {
  if (retryAfterMs === 0) return;
  const detail = `not tried: SOAR did not answer lately, the next try is due in ${retryAfterMs} ms`;
  throw new SoarError({ ...request, code: SOAR_ERROR_CODES.UNAVAILABLE, sent: false, retryAfterMs, detail });
}

/**
 * Makes a call through a circuit breaker. Rejects at once with `SOAR_UNAVAILABLE` while it is open: nothing was sent, and
 * `retryAfterMs` is the time until the next probe. The outcome of the call opens or closes it. With `atOnce` it does not wait.
 */
export async function throughBreaker<T>(
  breaker: CircuitBreaker,
  { atOnce, ...request }: Request & { readonly atOnce: boolean },
  call: () => Promise<T>,
): Promise<T> {
  if (!atOnce) requireNoWait(breaker.admit(), request);
  try {
    const value = await call();
    breaker.recordSuccess();
    return value;
  } catch (error) {
    if (error instanceof SoarError) note(breaker, error);
    throw error;
  }
}

/** Any answer but 502, 503 and 504 proves that SOAR is there. What proves neither changes nothing. */
function note(breaker: CircuitBreaker, { code, sent, status, retryAfterMs, message }: SoarError): void {
  const isUnreachable = meaningOf(code).away === true || (code === SOAR_ERROR_CODES.TIMEOUT && !sent);
  if (isUnreachable) breaker.recordFailure(retryAfterMs, message);
  else if (status !== undefined) breaker.recordSuccess();
}
