import { randomUUID } from 'node:crypto';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import type { WorkerOptions } from '@temporalio/worker';
import { createActivities } from '../../../src/activities/index.js';
import type { RunActionOptions, RunActionRequest } from '../../../src/contracts/run-action.js';
import { SEARCH_ATTRIBUTES } from '../../../src/model/search-attributes.js';
import { startSoarSim } from '../../../src/sim/index.js';
import type { SoarSim } from '../../../src/sim/index.js';
import { createCircuitBreaker } from '../../../src/soar/http/circuit-breaker.js';
import { createSoarClient } from '../../../src/soar/client.js';
import type { SoarClient } from '../../../src/soar/client.js';
import { createRunStatusLoader } from '../../../src/soar/run-status-loader.js';
import { createTemporalView } from '../../../src/worker/temporal-view.js';
import type { runAction } from '../../../src/workflows/run/run-action.js';
import { quietRuntime } from './runtime.js';
import { testServer, workflowBundle } from './test-server.js';

/** Temporal's time-skipping server, and an embedded SOAR whose clock is Temporal's. */
export interface SkippedTime {
  readonly sim: SoarSim;
  readonly soar: SoarClient;
  start(
    request: RunActionRequest,
    options?: RunActionOptions,
  ): Promise<WorkflowHandleWithFirstExecutionRunId<typeof runAction>>;
  worker(overrides?: Partial<WorkerOptions>): Promise<Worker>;
  /** Temporal's clock. */
  now(): Promise<number>;
  /** Lets time pass for a test that waits for nothing. */
  sleep(ms: number): Promise<void>;
  close(): Promise<void>;
}

const KEYWORD = 2;

export async function createSkippedTime(): Promise<SkippedTime> {
  quietRuntime();
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: testServer().testServer } },
  });
  const searchAttributes = Object.fromEntries(Object.values(SEARCH_ATTRIBUTES).map((name) => [name, KEYWORD]));
  await environment.connection.operatorService.addSearchAttributes({ namespace: 'default', searchAttributes });
  let nowMs = await environment.currentTimeMs();
  const followTemporal = async (): Promise<undefined> => {
    nowMs = await environment.currentTimeMs();
    return undefined;
  };
  const sim = await startSoarSim({ now: () => nowMs, faults: { beforeHandle: followTemporal } });
  const soar = createSoarClient({
    baseUrl: sim.url,
    auth: { token: sim.token },
    breaker: createCircuitBreaker({ probeIntervalMs: 0 }),
  });
  const taskQueue = `skipping-${randomUUID()}`;
  return {
    sim,
    soar,
    now: () => environment.currentTimeMs(),
    sleep: (ms) => environment.sleep(ms),
    start: (request, options) =>
      environment.client.workflow.start<typeof runAction>('runAction', {
        workflowId: randomUUID(),
        taskQueue,
        args: options ? [request, options] : [request],
      }),
    worker: (overrides = {}) =>
      Worker.create({
        connection: environment.nativeConnection,
        taskQueue,
        workflowBundle: workflowBundle(),
        activities: {
          ...createActivities({
            soar,
            // Its clock is ours: hours of polls pass in seconds of it.
            loader: createRunStatusLoader(soar, { tickMs: 1, requestsAtOnce: Infinity }),
            temporal: createTemporalView(environment.client, taskQueue),
          }),
        },
        ...overrides,
      }),
    close: async () => {
      await soar.close();
      await sim.close();
      await environment.teardown();
    },
  };
}
