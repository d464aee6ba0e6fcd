import { SOAR_ERROR_CODES } from '../../model/error-codes.js';
import { SoarError } from '../soar-error.js';

/** How much of the rate is this worker's share is decided in worker/request-share.ts. */

/** What a call may ask of a {@link RateLimiter}. */
export interface Turn {
  readonly signal?: AbortSignal | undefined;
  /** By `Date.now`; a request that cannot go out by then is not sent at all. */
  readonly notAfterMs?: number | undefined;
  /** Goes before everything that is not. Default: what the limiter's `isUrgent` says. */
  readonly urgent?: boolean | undefined;
}

/** Lets requests go one after the other, so many a second and never in a burst. */
export interface RateLimiter {
  /** Resolves with true when it is this call's turn, with false once `notAfterMs` has passed; rejects with the signal's reason. */
  turn(turn?: Turn): Promise<boolean>;
}

/** Settings of a {@link RateLimiter}. */
export interface RateLimiterOptions {
  /** Asked before every turn; 0 means: nobody may go yet. */
  readonly perSecond: () => number;
  /** Whether the caller of the moment goes first. Default: nobody does. */
  readonly isUrgent?: () => boolean;
}

const LOOK_AGAIN_MS = 100;

interface Waiter {
  readonly go: () => void;
}

/** Makes a {@link RateLimiter}. Holds a timer only while somebody waits. */
export function createRateLimiter({ perSecond, isUrgent = () => false }: RateLimiterOptions): RateLimiter {
  const lanes: readonly [urgent: Set<Waiter>, other: Set<Waiter>] = [new Set(), new Set()];
  let nextAtMs = -Infinity;
  let timer: NodeJS.Timeout | undefined;

  const first = (): [Set<Waiter>, Waiter] | undefined => {
    for (const lane of lanes) for (const waiter of lane) return [lane, waiter];
    return undefined;
  };
  const schedule = (): void => {
    if (timer !== undefined || first() === undefined) return;
    timer = setTimeout(release, perSecond() > 0 ? Math.max(0, nextAtMs - performance.now()) : LOOK_AGAIN_MS);
  };
  const release = (): void => {
    timer = undefined;
    const rate = perSecond();
    const next = rate > 0 ? first() : undefined;
    if (next) {
      const [lane, waiter] = next;
      lane.delete(waiter);
      nextAtMs = Math.max(nextAtMs, performance.now()) + 1_000 / rate;
      waiter.go();
    }
    schedule();
  };

  return {
    turn: ({ signal, notAfterMs, urgent = isUrgent() } = {}) =>
      new Promise<boolean>((resolve, reject) => {
        const lane = lanes[urgent ? 0 : 1];
        const settle = (): void => {
          lane.delete(waiter);
          clearTimeout(late);
          signal?.removeEventListener('abort', onAbort);
        };
        const onAbort = (): void => {
          settle();
          reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
        };
        const end = (isTurn: boolean) => (): void => {
          settle();
          resolve(isTurn);
        };
        const waiter = { go: end(true) };
        const late = notAfterMs === undefined ? undefined : setTimeout(end(false), notAfterMs - Date.now());
        signal?.addEventListener('abort', onAbort);
        lane.add(waiter);
        schedule();
      }),
  };
}

/** The limiter of a process that nobody tells how many share the rate; `undefined` without one. */
export function ownRate(perSecond: number | undefined): RateLimiter | undefined {
  return perSecond === undefined ? undefined : createRateLimiter({ perSecond: () => perSecond });
}

/** Waits for the call's turn. @throws SoarError that says that nothing was sent, if the turn did not come in time */
export async function takeTurn(
  limiter: RateLimiter,
  turn: Turn,
  request: { readonly method: string; readonly path: string },
): Promise<void> {
  if (await limiter.turn(turn)) return;
  const detail = 'not sent: its turn under SOAR_MAX_REQUESTS_PER_SECOND did not come in time';
  throw new SoarError({ ...request, code: SOAR_ERROR_CODES.RATE_LIMITED, sent: false, detail });
}
