import path from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkerOptions } from '@temporalio/worker';
import { pino } from 'pino';
import { settingArguments } from '../src/cli/stack/temporal-server.js';
import { readConfig } from '../src/config/read-config.js';
import { startSoarSim } from '../src/sim/index.js';
import type { Faults } from '../src/sim/index.js';
import { createSoarWorker } from '../src/worker/create-worker.js';
import { temporalCliPath } from './engines/temporal.js';

/** Task queue of the worker. */
export const TASK_QUEUE = 'bench';

/** Runs `body` with a Temporal dev server in memory, an embedded SOAR and the product's worker, all for it alone. */
export async function withLocalStack(
  { faults, overrides }: { readonly faults: Faults; readonly overrides?: Partial<WorkerOptions> },
  body: (environment: TestWorkflowEnvironment) => Promise<void>,
): Promise<void> {
  const executable = { type: 'existing-path', path: temporalCliPath() } as const;
  const server = { executable, extraArgs: settingArguments() };
  const environment = await TestWorkflowEnvironment.createLocal({ server });
  const sim = await startSoarSim({ faults });
  const config = readConfig({ SOAR_BASE_URL: sim.url, SOAR_AUTH_TOKEN: sim.token, TEMPORAL_TASK_QUEUE: TASK_QUEUE });
  const workflowBundle = { codePath: path.join(__dirname, '../dist/workflow-bundle.js') };
  const worker = await createSoarWorker({
    connection: environment.nativeConnection,
    namespace: 'default',
    config,
    log: pino({ level: 'error' }),
    overrides: { workflowBundle, ...overrides },
  });
  const running = worker.run();
  try {
    await body(environment);
  } finally {
    worker.shutdown();
    await running;
    await sim.close();
    await environment.teardown();
  }
}
