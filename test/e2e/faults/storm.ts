import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunActionOptions, RunActionResult } from '../../../src/contracts/run-action.js';
import type { Faults } from '../../../src/sim/index.js';
import { createHarness } from '../support/harness.js';
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

/** A fault: hooks into the embedded SOAR, and what is done to the worker while the jobs run. */
export interface Storm {
  readonly jobs: number;
  /** How long each action takes. @default 0 */
  readonly seconds?: number;
  readonly options?: RunActionOptions;
  readonly faults: Faults;
  /** Does its worst; `restart` kills the worker and starts another. */
  readonly rage?: (restart: () => Promise<void>) => Promise<void>;
  /** Resolves once nothing is on its way to SOAR any more; the count is taken then. */
  readonly calm?: () => Promise<unknown>;
}

const DONE_WITHIN_MS = 90_000;

/** Runs `jobs` single actions through a worker process of `kind` while the storm rages. */
export async function endure(kind: WorkerKind, storm: Storm): Promise<StormReport> {
  const harness = await createHarness({ faults: storm.faults });
  let worker = await startWorkerProcess(kind, harness.sim, harness.taskQueue);
  let lastKillMs = Date.now();
  try {
    const names = Array.from({ length: storm.jobs }, (_, index) => `job-${index}-${randomUUID()}`);
    const handles = await Promise.all(
      names.map((message) => harness.start(simulate({ seconds: storm.seconds ?? 0, message }), storm.options)),
    );
    await storm.rage?.(async () => {
      await worker.kill();
      lastKillMs = Date.now();
      worker = await startWorkerProcess(kind, harness.sim, harness.taskQueue);
    });
    const deadline = delay(DONE_WITHIN_MS, undefined, { ref: false });
    const results = await Promise.all(handles.map((handle) => Promise.race([handle.result(), deadline])));
    const finished = results.filter((result) => result !== undefined);
    await storm.calm?.();
    const executions = Object.entries(harness.sim.counts().executions['simulate'] ?? {});
    const timesRun = (name: string): number =>
      executions.filter(([key]) => key.includes(name)).reduce((sum, [, times]) => sum + times, 0);
    return {
      doubled: names.filter((name) => timesRun(name) > 1).length,
      lost: names.filter((name) => timesRun(name) === 0).length,
      stuck: results.length - finished.filter(({ outcome }) => outcome === 'success').length,
      recoverySecs: (Date.now() - lastKillMs) / 1_000,
      results: finished,
    };
  } finally {
    await worker.kill();
    await harness.close();
  }
}
