import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { simulate } from '../support/requests.js';
import { startWorkerProcess } from '../support/worker-process.js';
import type { WorkerProcess } from '../support/worker-process.js';

const PER_SECOND = 20;
/** Requests bunch up where the machine stalls; workers that do not share the rate reach twice it. */
const CLEARLY_MORE = 1.5 * PER_SECOND;

describe('SOAR_MAX_REQUESTS_PER_SECOND', () => {
  let harness: Harness;
  let atMs: number[];
  let workers: WorkerProcess[];

  beforeEach(async () => {
    atMs = [];
    workers = [];
    const beforeHandle = (): Promise<undefined> => {
      atMs.push(Date.now());
      return Promise.resolve(undefined);
    };
    harness = await createHarness({ faults: { beforeHandle } });
  });
  afterEach(async () => {
    for (const worker of workers) await worker.kill();
    await harness.close();
  });

  const join = async (environment: Readonly<Record<string, string>>): Promise<void> => {
    workers.push(await startWorkerProcess('product', harness.sim, harness.taskQueue, environment));
  };

  /** The most requests that came within any one second. */
  const busiestSecond = (): number =>
    Math.max(...atMs.map((start) => atMs.filter((at) => at >= start && at < start + 1_000).length));

  /** Two workers, the second of which joins while the first is at work. */
  const runJobs = async (environment: Readonly<Record<string, string>>): Promise<void> => {
    await join(environment);
    const handles = await Promise.all(Array.from({ length: 40 }, () => harness.start(simulate({ seconds: 1 }))));
    await handles[0]?.result();
    await join(environment);
    const results = await Promise.all(handles.map((handle) => handle.result()));
    expect(results.every(({ outcome }) => outcome === 'success')).toBe(true);
  };

  it('holds over all workers, also while one joins', async () => {
    await runJobs({ SOAR_MAX_REQUESTS_PER_SECOND: String(PER_SECOND) });
    expect(busiestSecond()).toBeLessThan(CLEARLY_MORE);
  });

  it('control: without it the same work comes faster', async () => {
    await runJobs({});
    expect(busiestSecond()).toBeGreaterThan(CLEARLY_MORE);
  });
});
