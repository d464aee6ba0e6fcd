import { ApplicationFailure } from '@temporalio/common';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { simulate } from '../support/requests.js';

/** SOAR's proxy turns the first status look-up away and notes when the next one comes. */
class BusyProxy {
  /** Values of `Retry-After`, made when they are sent. */
  retryAfter: () => readonly string[] = () => [];
  status = 429;
  turnedAwayAtMs = 0;
  backAtMs = 0;

  readonly beforeHandle = (request: Request): Promise<Response | undefined> => {
    if (!/\/rest\/action_run\/\d+$/.test(new URL(request.url).pathname)) return Promise.resolve(undefined);
    if (this.turnedAwayAtMs > 0) {
      this.backAtMs ||= Date.now();
      return Promise.resolve(undefined);
    }
    this.turnedAwayAtMs = Date.now();
    const headers = new Headers(this.retryAfter().map((value): [string, string] => ['retry-after', value]));
    return Promise.resolve(new Response('busy', { status: this.status, headers }));
  };

  async waitedMs(run: () => Promise<unknown>): Promise<number> {
    this.turnedAwayAtMs = this.backAtMs = 0;
    await run();
    return this.backAtMs - this.turnedAwayAtMs;
  }
}

const inSeconds = (seconds: number): string => new Date(Math.ceil(Date.now() / 1_000 + seconds) * 1_000).toUTCString();

describe('Retry-After (F5)', () => {
  const proxy = new BusyProxy();
  let harness: Harness;

  beforeAll(async () => {
    harness = await createHarness({ faults: { beforeHandle: proxy.beforeHandle }, breaker: false });
  });
  afterAll(() => harness.close());

  const run = () => harness.running(async () => (await harness.start(simulate({}))).result());

  it.each([
    ['429, in seconds', 429, () => ['3'], 3_000, 20_000],
    ['503, in seconds', 503, () => ['3'], 3_000, 20_000],
    ['429, as an HTTP date', 429, () => [inSeconds(3)], 2_900, 20_000],
    ['503, as an HTTP date', 503, () => [inSeconds(3)], 2_900, 20_000],
    ['0', 429, () => ['0'], 0, 20_000],
    ['negative', 429, () => ['-1'], 0, 20_000],
    ['junk', 503, () => ['soon'], 0, 20_000],
    ['a date that has passed', 503, () => [inSeconds(-60)], 0, 20_000],
    ['two headers, of which the longer counts', 429, () => ['1', '4'], 4_000, 20_000],
    ['none', 429, () => [], 0, 20_000],
  ])('%s is kept to', async (_title, status, values, atLeastMs, atMostMs) => {
    proxy.status = status;
    proxy.retryAfter = values;
    const waitedMs = await proxy.waitedMs(run);
    expect(waitedMs).toBeGreaterThanOrEqual(atLeastMs);
    expect(waitedMs).toBeLessThan(atMostMs);
  });

  it('control: with a fixed backoff SOAR is called before its time', async () => {
    proxy.status = 429;
    proxy.retryAfter = () => ['20'];
    const impatient = async (input: Parameters<typeof harness.activities.awaitActionRuns>[0]) => {
      try {
        const { problem, ...sight } = await harness.activities.awaitActionRuns(input);
        return { ...sight, problem: problem && { ...problem, retryAfterMs: 0 } };
      } catch (error) {
        throw error instanceof ApplicationFailure
          ? ApplicationFailure.retryable(error.message, error.type ?? '')
          : error;
      }
    };
    const firstLook = async (input: Parameters<typeof harness.activities.firstLook>[0]) => {
      const { sight, fetched } = await harness.activities.firstLook(input);
      const problem = sight.problem && { ...sight.problem, retryAfterMs: 0 };
      return { sight: { ...sight, problem }, fetched, retryAfterMs: 0 };
    };
    const activities = { ...harness.activities, awaitActionRuns: impatient, firstLook };
    const worker = await harness.worker({ activities });
    const waitedMs = await proxy.waitedMs(() =>
      worker.runUntil(async () => (await harness.start(simulate({}))).result()),
    );
    expect(waitedMs).toBeLessThan(20_000);
  });
});
