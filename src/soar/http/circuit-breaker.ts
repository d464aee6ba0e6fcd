import { meaningOf, SOAR_ERROR_CODES } from '../../model/http-status-errors.js';
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
  /** 0: go ahead. Else the milliseconds until the next call may try; a call that is let through as a probe gets 0 too. */
  admit(): number;
  /** SOAR was away: open for one probe interval, or for `retryAfterMs` where SOAR asked for longer. */
  noteAway(retryAfterMs?: number, reason?: string): void;
  /** SOAR answered: closed. */
  noteThere(): void;
}

const DEFAULT_PROBE_INTERVAL_MS = 5_000;
const DEFAULT_MAX_OPEN_MS = 60_000;

/** Makes a {@link CircuitBreaker}, closed at first. */
export function createCircuitBreaker(options: CircuitBreakerOptions = {}): CircuitBreaker {
  const { probeIntervalMs = DEFAULT_PROBE_INTERVAL_MS, maxOpenMs = DEFAULT_MAX_OPEN_MS } = options;
  const now = options.now ?? (() => performance.now());
  let nextProbeAtMs: number | undefined;
  return {
    admit() {
      if (nextProbeAtMs === undefined) return 0;
      const waitMs = Math.ceil(nextProbeAtMs - now());
      if (waitMs > 0) return waitMs;
      nextProbeAtMs = now() + probeIntervalMs;
      return 0;
    },
    noteAway(retryAfterMs = 0, reason = '') {
      if (nextProbeAtMs === undefined) options.onChange?.('open', reason);
      const openMs = Math.max(probeIntervalMs, Math.min(retryAfterMs, maxOpenMs));
      // Calls that were under way when another failed must not shorten a wait that SOAR asked for.
      nextProbeAtMs = Math.max(nextProbeAtMs ?? 0, now() + openMs);
    },
    noteThere() {
      if (nextProbeAtMs !== undefined) options.onChange?.('closed');
      nextProbeAtMs = undefined;
    },
  };
}

/**
 * Makes a call through a circuit breaker. Rejects at once with `SOAR_UNAVAILABLE` while it is open: nothing was sent, and
 * `retryAfterMs` is the time until the next probe. The outcome of the call opens or closes it. With `atOnce` it does not wait.
 */
export async function throughBreaker<T>(
  breaker: CircuitBreaker,
  { atOnce, ...request }: { readonly method: string; readonly path: string; readonly atOnce: boolean },
  call: () => Promise<T>,
): Promise<T> {
  const retryAfterMs = atOnce ? 0 : breaker.admit();
  if (retryAfterMs > 0) {
    const detail = `not tried: SOAR did not answer lately, the next try is due in ${retryAfterMs} ms`;
    throw new SoarError({ ...request, code: SOAR_ERROR_CODES.UNAVAILABLE, sent: false, retryAfterMs, detail });
  }
  try {
    const value = await call();
    breaker.noteThere();
    return value;
  } catch (error) {
    if (error instanceof SoarError) note(breaker, error);
    throw error;
  }
}

/** Any answer but 502, 503 and 504 proves that SOAR is there. What proves neither changes nothing. */
function note(breaker: CircuitBreaker, { code, sent, status, retryAfterMs, message }: SoarError): void {
  const isUnreachable = meaningOf(code).away === true || (code === SOAR_ERROR_CODES.TIMEOUT && !sent);
  if (isUnreachable) breaker.noteAway(retryAfterMs, message);
  else if (status !== undefined) breaker.noteThere();
}
