import { createCircuitBreaker } from '../../../src/soar/http/circuit-breaker.js';
import type { RateLimiter } from '../../../src/soar/http/rate-limiter.js';
import { Cleanup, clientFor, closedPort, serveJson } from './support/servers.js';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

/** Counts the turns that are taken. */
function counting(): RateLimiter & { turns: number } {
  const limiter = { turns: 0, turn: () => Promise.resolve(++limiter.turns > 0) };
  return limiter;
}

describe('a call that the circuit breaker refuses', () => {
  it('takes no turn of the rate', async () => {
    const limiter = counting();
    const soar = clientFor(cleanup, `http://127.0.0.1:${await closedPort()}`, { limiter });
    const refused = async (): Promise<void> => expect(soar.getVersion()).rejects.toMatchObject({ sent: false });
    for (let call = 0; call < 10; call += 1) await refused();
    expect(limiter.turns).toBe(1);
  });

  it('control: calls that go through take a turn each', async () => {
    const limiter = counting();
    const { url } = await serveJson(cleanup, { version: '6.4.0.1' });
    const soar = clientFor(cleanup, url, { limiter });
    for (let call = 0; call < 3; call += 1) await soar.getVersion();
    expect(limiter.turns).toBe(3);
  });

  it('lets a probe through that waits for its turn', () => {
    let nowMs = 0;
    const breaker = createCircuitBreaker({ now: () => nowMs });
    breaker.recordFailure();
    nowMs = 5_000;
    expect([breaker.waitMs(), breaker.waitMs(), breaker.admit(), breaker.waitMs()]).toEqual([0, 0, 0, 5_000]);
  });
});
