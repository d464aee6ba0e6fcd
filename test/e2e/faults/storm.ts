import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createSoarRunnerClient } from '../../../src/client/soar-runner.js';
import type { RunActionOptions, RunActionResult } from '../../../src/contracts/run-action.js';
import type { Faults } from '../../../src/sim/index.js';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { simulate } from '../support/requests.js';
import { startWorkerProcess } from '../support/worker-process.js';
import type { WorkerKind } from '../support/worker-process.js';

/** What became of a number of jobs under a fault, by the embedded SOAR's own count. */
export interface StormReport {
  /** Jobs that SOAR ran more than once. */
  readonly doubled: number;
  /** Jobs that SOAR never ran. */
  readonly lost: number;
  /** Jobs whose workflow did not succeed within the time. */
  readonly stuck: number;
  /** Seconds from the last kill to the last job's end. */
  readonly recoverySecs: number;
  readonly results: readonly RunActionResult[];
}

/** How the jobs come: a workflow each, or as the rows of a batch whose runs are grouped. */
export type Trigger = (typeof TRIGGERS)[number];
export const TRIGGERS = ['alone', 'grouped'] as const;

/** A fault: hooks into the embedded SOAR, and what is done to the worker while the jobs run. */
export interface Storm {
  readonly jobs: number;
  /** @default 'alone' */
  readonly trigger?: Trigger;
  /** How long each action takes. @default 0 */
  readonly seconds?: number;
  readonly options?: Pick<RunActionOptions, 'settleSecs'>;
  readonly faults: Faults;
  /** Does its worst; `restart` kills the worker and starts another. */
  readonly rage?: (restart: () => Promise<void>) => Promise<void>;
  /** Resolves once nothing is on its way to SOAR any more; the count is taken then. */
  readonly calm?: () => Promise<unknown>;
}

const DONE_WITHIN_MS = 180_000;

/** Runs `jobs` single actions through a worker process of `kind` while the storm rages. */
export async function endure(kind: WorkerKind, storm: Storm): Promise<StormReport> {
  const harness = await createHarness({ faults: storm.faults });
  let worker = await startWorkerProcess(kind, harness.sim, harness.taskQueue);
  let lastKillMs = Date.now();
  try {
    const names = Array.from({ length: storm.jobs }, (_, index) => `job-${index}-${randomUUID()}`);
    const jobs = await START[storm.trigger ?? 'alone'](harness, storm, names);
    await storm.rage?.(async () => {
      await worker.kill();
      lastKillMs = Date.now();
      worker = await startWorkerProcess(kind, harness.sim, harness.taskQueue);
    });
    const deadline = delay(DONE_WITHIN_MS, undefined, { ref: false });
    const { succeeded, results } = await jobs(deadline);
    await storm.calm?.();
    const executions = Object.entries(harness.sim.counts().executions['simulate'] ?? {});
    const timesRun = (name: string): number =>
      executions.filter(([key]) => key.includes(name)).reduce((sum, [, times]) => sum + times, 0);
    return {
      doubled: names.filter((name) => timesRun(name) > 1).length,
      lost: names.filter((name) => timesRun(name) === 0).length,
      stuck: names.length - succeeded,
      recoverySecs: (Date.now() - lastKillMs) / 1_000,
      results,
    };
  } finally {
    await worker.kill();
    await harness.close();
  }
}

/** What has succeeded when all jobs have ended, or when time is up. */
type Ended = (deadline: Promise<undefined>) => Promise<{ succeeded: number; results: RunActionResult[] }>;

const START: Record<Trigger, (harness: Harness, storm: Storm, names: readonly string[]) => Promise<Ended>> = {
  alone: async (harness, { seconds = 0, options }, names) => {
    const handles = await Promise.all(names.map((message) => harness.start(simulate({ seconds, message }), options)));
    return async (deadline) => {
      const all = await Promise.all(handles.map((handle) => Promise.race([handle.result(), deadline])));
      const results = all.filter((result) => result !== undefined);
      return { succeeded: results.filter(({ outcome }) => outcome === 'success').length, results };
    };
  },
  grouped: async (harness, { seconds = 0, options }, names) => {
    const request = { ...simulate({}), targets: [{ app_id: 2, assets: ['lab'] }] };
    const items = names.map((message) => ({ seconds, message }));
    const client = createSoarRunnerClient(harness.client, harness.taskQueue);
    const batch = await client.enrichBatch(`batch-${randomUUID()}`, {
      request,
      items,
      options: { itemsPerRun: 1, ...(options ? { run: options } : {}) },
    });
    return async (deadline) => {
      const result = await Promise.race([batch.result(), deadline]);
      return { succeeded: result?.succeeded ?? 0, results: [] };
    };
  },
};
