import type { ActionRun } from '../../../src/contracts/soar.js';
import { SOAR_ERROR_CODES } from '../../../src/model/error-codes.js';
import { watchIntervalMs } from '../../../src/model/timeouts-and-intervals.js';
import { createRunStatusLoader } from '../../../src/soar/run-status-loader.js';
import type { RunStatusLoaderOptions, StatusSource } from '../../../src/soar/run-status-loader.js';
import { SoarError } from '../../../src/soar/soar-error.js';

const NO_FILTER = new SoarError({
  code: SOAR_ERROR_CODES.BAD_REQUEST,
  method: 'GET',
  path: '/rest/action_run',
  sent: true,
  detail: 'test',
});
const runOf = (id: number): ActionRun => ({ id, status: 'running', message: '' });

/** A SOAR with runs that never end, and how many requests it has had. `newest`: how many of the runs a list of the newest shows. */
function endlessRuns(runs: number, newest: number | undefined) {
  let requests = 0;
  const source: StatusSource = {
    getActionRun: (id) => {
      requests += 1;
      return Promise.resolve(runOf(id));
    },
    listActionRuns: ({ filters, sort, page: at = 0, pageSize = 10 } = {}) => {
      requests += 1;
      const ids = filters?.['id__in'];
      if (newest === undefined && Array.isArray(ids)) return page(ids.map(Number));
      if (newest === undefined || sort === undefined) return Promise.reject(NO_FILTER);
      const shown = Array.from({ length: newest }, (_, n) => runs - n);
      return page(shown.slice(at * pageSize, (at + 1) * pageSize));
    },
  };
  return { source, requests: () => requests };
}

function page(ids: readonly number[]) {
  return Promise.resolve({ count: ids.length, num_pages: 1, data: ids.map(runOf) });
}

interface Watched {
  /** Requests a second in the last of the minutes. */
  readonly perSecond: number;
  /** The longest time that any run went without an answer in that minute. */
  readonly oldestMs: number;
}

/** Watches as many runs as given for two minutes, each begun at a time of its own within the first seconds. */
async function watch(runs: number, newest?: number, options: RunStatusLoaderOptions = {}): Promise<Watched> {
  jest.useFakeTimers();
  const { source, requests } = endlessRuns(runs, newest);
  const loader = createRunStatusLoader(source, { maxIds: 200, now: () => Date.now(), ...options });
  const answeredMs = new Map<number, number>();
  let oldestMs = 0;
  let isOver = false;
  const follow = async (id: number): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, (id * 1_237) % 5_000));
    for (let n = 0; !isOver; n += 1) {
      await loader.getActionRun(id);
      oldestMs = Math.max(oldestMs, Date.now() - (answeredMs.get(id) ?? Date.now()));
      answeredMs.set(id, Date.now());
      await new Promise((resolve) => setTimeout(resolve, watchIntervalMs(n)));
    }
  };
  const all = Array.from({ length: runs }, (_, index) => follow(index + 1));
  await jest.advanceTimersByTimeAsync(60_000);
  const before = requests();
  oldestMs = 0;
  await jest.advanceTimersByTimeAsync(60_000);
  const perSecond = (requests() - before) / 60;
  isOver = true;
  await jest.advanceTimersByTimeAsync(60_000);
  await Promise.all(all);
  jest.useRealTimers();
  return { perSecond, oldestMs };
}

afterEach(() => {
  jest.useRealTimers();
});

describe('what runs in flight cost SOAR', () => {
  it.each([1, 3, 12, 100, 500, 2_000])(
    '%i runs cost at most 2 requests a second and one more for each hundred, and none goes unseen for 6 s',
    async (runs) => {
      const { perSecond, oldestMs } = await watch(runs);
      expect(perSecond).toBeLessThanOrEqual(2 + runs / 100);
      expect(oldestMs).toBeLessThan(6_000);
    },
  );

  it.each([
    ['500 runs, of which the list of the newest shows 200', 500, 200, 30_000],
    ['500 runs, of which it shows all', 500, 500, 7_500],
    ['500 runs, of which it shows none', 500, 0, 60_000],
    ['150 runs, of which it shows all', 150, 150, 7_500],
  ])('without a filter %s cost at most 25 a second, and each is seen', async (_what, runs, newest, unseenMs) => {
    const { perSecond, oldestMs } = await watch(runs, newest);
    expect(perSecond).toBeLessThanOrEqual(25);
    expect(oldestMs).toBeLessThan(unseenMs);
  });

  it('control: without an allowance and with a short tick a crowd costs more', async () => {
    const { perSecond } = await watch(500, undefined, { crowdTickMs: 20, requestsAtOnce: Infinity });
    expect(perSecond).toBeGreaterThan(2 + 500 / 100);
  });
});

describe('how early a run is seen', () => {
  it('the first looks of each new run go at once, however many came just before', async () => {
    jest.useFakeTimers();
    const { source } = endlessRuns(100, undefined);
    const loader = createRunStatusLoader(source, { now: () => Date.now() });
    const waits: number[] = [];
    const lookAt = async (id: number): Promise<void> => {
      for (const pauseMs of [0, 50, 100]) {
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
        const askedMs = Date.now();
        await loader.getActionRun(id);
        waits.push(Date.now() - askedMs);
      }
    };
    const inTurn = async (): Promise<void> => {
      for (const id of [1, 2, 3, 4, 5, 6, 7, 8]) await lookAt(id);
    };
    const done = inTurn();
    await jest.advanceTimersByTimeAsync(20_000);
    await done;
    expect(Math.max(...waits)).toBeLessThanOrEqual(20);
  });
});
