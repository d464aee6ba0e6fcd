import { createRateLimiter } from '../../../src/soar/http/rate-limiter.js';
import type { RateLimiter } from '../../../src/soar/http/rate-limiter.js';

/** Lets `count` calls wait and notes by number who went, and when. */
function waitAll(
  limiter: RateLimiter,
  count: number,
  urgentFrom = count,
): Promise<{ readonly n: number; readonly atMs: number }[]> {
  const gone: { n: number; atMs: number }[] = [];
  const all = Array.from({ length: count }, async (_, n) => {
    await limiter.turn({ urgent: n >= urgentFrom });
    gone.push({ n, atMs: Date.now() });
  });
  return Promise.all(all).then(() => gone);
}

describe('a rate limiter', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('lets no more than the rate go in any second', async () => {
    const waiting = waitAll(createRateLimiter({ perSecond: () => 10 }), 35);
    await jest.advanceTimersByTimeAsync(4_000);
    const gone = await waiting;
    for (const { atMs } of gone) {
      expect(gone.filter((other) => other.atMs >= atMs && other.atMs < atMs + 1_000).length).toBeLessThanOrEqual(11);
    }
  });

  it('lets urgent calls go first, and the others in their order', async () => {
    const waiting = waitAll(createRateLimiter({ perSecond: () => 100 }), 6, 4);
    await jest.advanceTimersByTimeAsync(1_000);
    expect((await waiting).map(({ n }) => n)).toEqual([4, 5, 0, 1, 2, 3]);
  });

  it('lets nobody go while the rate is not known, and goes on when it is', async () => {
    let rate = 0;
    const waiting = waitAll(createRateLimiter({ perSecond: () => rate }), 3);
    let isOver = false;
    void waiting.then(() => (isOver = true));
    await jest.advanceTimersByTimeAsync(10_000);
    expect(isOver).toBe(false);
    rate = 1_000;
    await jest.advanceTimersByTimeAsync(200);
    expect(await waiting).toHaveLength(3);
  });

  it('tells a call in time that its turn will not come, and gives its place to the next', async () => {
    const limiter = createRateLimiter({ perSecond: () => 1 });
    const first = limiter.turn();
    const late = limiter.turn({ notAfterMs: Date.now() + 500 });
    const last = limiter.turn();
    await jest.advanceTimersByTimeAsync(600);
    expect(await first).toBe(true);
    expect(await late).toBe(false);
    await jest.advanceTimersByTimeAsync(500);
    expect(await last).toBe(true);
  });

  it('lets an aborted call leave with the reason of its signal', async () => {
    const limiter = createRateLimiter({ perSecond: () => 0 });
    const controller = new AbortController();
    const waiting = limiter.turn({ signal: controller.signal });
    controller.abort(new Error('no longer wanted'));
    await expect(waiting).rejects.toThrow('no longer wanted');
  });
});
