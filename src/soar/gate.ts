import { SOAR_ERROR_CODES } from '../model/error-codes.js';
import { SoarError } from './errors.js';

/** Settings of a {@link Gate}; times in milliseconds. */
export interface GateOptions {
  /** While SOAR is away, one call in this time may try. Default: 5,000. */
  readonly probeIntervalMs?: number;
  /** The longest time a Retry-After may keep the gate closed. Default: 60,000. */
  readonly maxClosedMs?: number;
  /** A clock that only goes forward. Default: `performance.now`. */
  readonly now?: () => number;
}

/**
 * Keeps everybody off a SOAR that is away: two hundred waiting jobs must not become two hundred knocks at its door.
 * Shared by all calls of a client, or of several clients of the same SOAR.
 */
export interface Gate {
  /** 0: go ahead. Else the milliseconds until the next call may try; a call that is let through as a probe gets 0 too. */
  admit(): number;
  /** SOAR was away: close for one probe interval, or for `retryAfterMs` where SOAR asked for longer. */
  noteAway(retryAfterMs?: number): void;
  /** SOAR answered: open. */
  noteThere(): void;
}

const DEFAULT_PROBE_INTERVAL_MS = 5_000;
const DEFAULT_MAX_CLOSED_MS = 60_000;

/** Makes a {@link Gate}, open at first. */
export function createGate(options: GateOptions = {}): Gate {
  const { probeIntervalMs = DEFAULT_PROBE_INTERVAL_MS, maxClosedMs = DEFAULT_MAX_CLOSED_MS } = options;
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
    noteAway(retryAfterMs = 0) {
      const closedMs = Math.max(probeIntervalMs, Math.min(retryAfterMs, maxClosedMs));
      // Calls that were under way when another failed must not shorten a wait that SOAR asked for.
      nextProbeAtMs = Math.max(nextProbeAtMs ?? 0, now() + closedMs);
    },
    noteThere() {
      nextProbeAtMs = undefined;
    },
  };
}

/**
 * Makes a call through a gate. Rejects at once with `SOAR_UNAVAILABLE` while the gate is closed: nothing was sent, and
 * `retryAfterMs` is the time until the next probe. The outcome of the call opens or closes the gate.
 */
export async function throughGate<T>(
  gate: Gate,
  request: { readonly method: string; readonly path: string },
  call: () => Promise<T>,
): Promise<T> {
  const retryAfterMs = gate.admit();
  if (retryAfterMs > 0) throw turnedAway(request, retryAfterMs);
  try {
    const value = await call();
    gate.noteThere();
    return value;
  } catch (error) {
    if (error instanceof SoarError) note(gate, error);
    throw error;
  }
}

function turnedAway(request: { readonly method: string; readonly path: string }, retryAfterMs: number): SoarError {
  const detail = `not tried: SOAR did not answer lately, the next try is due in ${retryAfterMs} ms`;
  return new SoarError({ ...request, code: SOAR_ERROR_CODES.UNAVAILABLE, sent: false, retryAfterMs, detail });
}

/** Any answer but 502, 503 and 504 proves that SOAR is there. What proves neither changes nothing. */
function note(gate: Gate, { code, sent, status, retryAfterMs }: SoarError): void {
  const isUnreachable = code === SOAR_ERROR_CODES.CONNECTION || (code === SOAR_ERROR_CODES.TIMEOUT && !sent);
  if (isUnreachable || code === SOAR_ERROR_CODES.UNAVAILABLE) gate.noteAway(retryAfterMs);
  else if (status !== undefined) gate.noteThere();
}
