import { SOAR_ERROR_CODES } from '../../../src/model/error-codes.js';
import { createCircuitBreaker } from '../../../src/soar/http/circuit-breaker.js';
import { soarErrorOf } from './support/rejection.js';
import { Cleanup, clientFor, closedPort, serveJson } from './support/servers.js';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

/** A breaker on a clock that the test moves. */
function gateAndClock() {
  const clock = { nowMs: 1_000 };
  return { clock, breaker: createCircuitBreaker({ now: () => clock.nowMs }) };
}

describe('the gate', () => {
  it('is open at first', () => {
    expect(gateAndClock().breaker.admit()).toBe(0);
  });

  it('lets one call through for each interval while SOAR is away', () => {
    const { clock, breaker } = gateAndClock();
    breaker.recordFailure();
    expect(breaker.admit()).toBe(5_000);
    clock.nowMs += 4_999;
    expect(breaker.admit()).toBe(1);
    clock.nowMs += 1;
    expect(breaker.admit()).toBe(0);
    expect(breaker.admit()).toBe(5_000);
  });

  it('opens for everybody with the first answer', () => {
    const { breaker } = gateAndClock();
    breaker.recordFailure();
    breaker.recordSuccess();
    expect([breaker.admit(), breaker.admit()]).toEqual([0, 0]);
  });

  it('stays closed for as long as SOAR asks, at most a minute', () => {
    const { breaker } = gateAndClock();
    breaker.recordFailure(30_000);
    expect(breaker.admit()).toBe(30_000);
    breaker.recordFailure();
    expect(breaker.admit()).toBe(30_000);
    breaker.recordFailure(3_600_000);
    expect(breaker.admit()).toBe(60_000);
  });
});

/** Two hundred jobs that each try again when they are told to, on a clock of their own; tells what SOAR saw. */
function outage(admit: () => number, recordFailure: () => void, recordSuccess: () => void, clock: { nowMs: number }) {
  const backAtMs = clock.nowMs + 60_000;
  const dueMs = Array.from({ length: 200 }, () => clock.nowMs);
  const knocksMs: number[] = [];
  let doneMs = 0;
  while (dueMs.length > 0) {
    dueMs.sort((a, b) => b - a);
    clock.nowMs = Math.max(clock.nowMs, dueMs.pop() ?? 0);
    const waitMs = admit();
    if (waitMs === 0 && clock.nowMs >= backAtMs) {
      recordSuccess();
      doneMs = clock.nowMs;
      continue;
    }
    if (waitMs === 0) {
      knocksMs.push(clock.nowMs);
      recordFailure();
    }
    dueMs.push(clock.nowMs + (waitMs || 1_000));
  }
  return { knocksMs, drainedAfterMs: doneMs - backAtMs };
}

describe('SOAR away for 60 s with 200 jobs waiting', () => {
  it('is knocked at once in 5 s, and all jobs are through within 15 s of its return', () => {
    const { clock, breaker } = gateAndClock();
    const { knocksMs, drainedAfterMs } = outage(
      () => breaker.admit(),
      () => {
        breaker.recordFailure();
      },
      () => {
        breaker.recordSuccess();
      },
      clock,
    );
    expect(knocksMs).toHaveLength(12);
    expect(knocksMs.slice(1).every((atMs, n) => atMs - (knocksMs[n] ?? 0) >= 5_000)).toBe(true);
    expect(drainedAfterMs).toBeLessThanOrEqual(15_000);
  });

  it('the control, every job on its own backoff, knocks thousands of times', () => {
    const { knocksMs } = outage(
      () => 0,
      () => undefined,
      () => undefined,
      { nowMs: 0 },
    );
    expect(knocksMs.length).toBeGreaterThan(1_000);
  });
});

describe('the client behind its gate', () => {
  it('turns calls away at once after a refused connection: nothing sent, and when to come again', async () => {
    const client = clientFor(cleanup, `http://127.0.0.1:${await closedPort()}`);
    expect(await soarErrorOf(client.getVersion())).toMatchObject({ code: SOAR_ERROR_CODES.CONNECTION });
    const turnedAway = await soarErrorOf(client.getVersion());
    expect(turnedAway).toMatchObject({ code: SOAR_ERROR_CODES.UNAVAILABLE, sent: false, path: '/rest/version' });
    expect(turnedAway.retryAfterMs).toBeGreaterThan(0);
    expect(turnedAway.retryAfterMs).toBeLessThanOrEqual(5_000);
  });

  it.each([502, 503, 504])('closes after %i, which may have been sent', async (status) => {
    const server = await serveJson(cleanup, {}, status);
    const client = clientFor(cleanup, server.url);
    expect(await soarErrorOf(client.getVersion())).toMatchObject({ code: SOAR_ERROR_CODES.UNAVAILABLE, sent: true });
    expect(await soarErrorOf(client.getVersion())).toMatchObject({ code: SOAR_ERROR_CODES.UNAVAILABLE, sent: false });
  });

  it.each([200, 401, 404, 429, 500])('stays open after %i: SOAR is there', async (status) => {
    const server = await serveJson(cleanup, { failed: true, message: 'No.' }, status);
    const client = clientFor(cleanup, server.url);
    const first = await soarErrorOf(client.getVersion());
    expect(await soarErrorOf(client.getVersion())).toMatchObject({ code: first.code, sent: true });
  });

  it('shares its breaker with the other clients that were given it', async () => {
    const breaker = createCircuitBreaker();
    const dead = clientFor(cleanup, `http://127.0.0.1:${await closedPort()}`, { breaker });
    await soarErrorOf(dead.getVersion());
    const other = clientFor(cleanup, 'http://127.0.0.1:1', { breaker });
    expect(await soarErrorOf(other.getVersion())).toMatchObject({ code: SOAR_ERROR_CODES.UNAVAILABLE, sent: false });
  });
});
