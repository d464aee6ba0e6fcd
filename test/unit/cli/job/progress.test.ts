import { EventEmitter, once } from 'node:events';
import { barLayout, ProgressWatch, showProgress, timeLeft } from '../../../../src/cli/job/progress.js';
import type { Batch } from '../../../../src/cli/job/start-batch.js';
import type { BatchProgress } from '../../../../src/contracts/enrich-batch.js';

test.each([
  [40, 0],
  [80, 4],
  [100, 24],
  [200, 40],
  [undefined, 40],
])('a terminal of %s columns has a bar of %d', (columns, barsize) => {
  expect(barLayout(columns).barsize).toBe(barsize);
  // The longest texts that a batch of a million items has.
  const longest = { bar: '█'.repeat(barsize), percentage: 100, value: 1_000_000, total: 1_000_000, failed: 999_999 };
  const texts: Readonly<Record<string, unknown>> = {
    ...longest,
    rate: 250.5,
    duration_formatted: '59m59s',
    left: '1h02m',
    state: '',
  };
  const written = barLayout(columns).format.replace(/\{(\w+)\}/g, (_all, name: string) => String(texts[name]));
  expect(written.length).toBeLessThanOrEqual(columns ?? 117);
});

test.each([
  [0, 100, '0s'],
  [5, 0, '…'],
  [800, 100, '8s'],
  [801, 100, '9s'],
  [6_500, 100, '1m05s'],
  [372_000, 100, '1h02m'],
])('%d items at %d a second take %s', (items, rate, text) => {
  expect(timeLeft(items, rate)).toBe(text);
});

function progress(done: number): BatchProgress {
  const counts = { total: 10, distinct: 10, done, succeeded: done, failed: 0, reused: 0, itemsWaiting: 0 };
  const steering = { runsInFlight: 0, childrenStarted: 0, closed: true, paused: false, cancelRequested: false };
  return { ...counts, ...steering, startTime: '2026-01-02T03:04:05.000Z', itemsPerSecond: 1, secondsLeft: 0 };
}

/** A batch that answers when the test says so. */
class AskedBatch extends EventEmitter {
  readonly answers: ((answer: BatchProgress | Error) => void)[] = [];

  readonly batch = {
    statusNow: () =>
      new Promise<BatchProgress>((resolve, reject) => {
        this.answers.push((answer) => {
          if (answer instanceof Error) reject(answer);
          else resolve(answer);
        });
        this.emit('asked');
      }),
  } satisfies Pick<Batch, 'statusNow'>;
}

describe('a watch of the progress', () => {
  it('ends with an answer to a question that was asked after the end', async () => {
    const asked = new AskedBatch();
    const watch = new ProgressWatch(asked.batch);
    await once(asked, 'asked');
    const last = watch.stop();
    asked.answers[0]?.(progress(9));
    await once(asked, 'asked');
    asked.answers[1]?.(progress(10));
    expect(await last).toMatchObject({ done: 10 });
    expect(asked.answers).toHaveLength(2);
  });

  it('ends with the last answer it had where the batch cannot be asked any more', async () => {
    const asked = new AskedBatch();
    const watch = new ProgressWatch(asked.batch);
    const first = watch.next();
    await once(asked, 'asked');
    asked.answers[0]?.(progress(9));
    expect(await first).toMatchObject({ done: 9 });
    const last = watch.stop();
    await once(asked, 'asked');
    asked.answers[1]?.(new Error('the worker is away'));
    expect(await last).toMatchObject({ done: 9 });
  });
});

test('the bar ends with what the result says where the last question was not answered', async () => {
  const written = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  const answers = [progress(9), new Error('reset')];
  const statusNow = () => {
    const answer = answers.shift() ?? new Error('nobody is there');
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const watch = new ProgressWatch({ statusNow });
  const finished = watch.next().then(() => ({ outcome: 'success', succeeded: 8, failed: 2 }));
  await showProgress(watch, 10, finished, () => undefined);
  const texts = written.mock.calls.map(([text]) => String(text)).join('');
  written.mockRestore();
  expect(texts).toContain('10/10 items | 2 failed');
});
