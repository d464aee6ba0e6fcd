import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { WorkerOptions } from '@temporalio/worker';
import { createActivities } from '../../../src/activities/index.js';
import type { SoarActivities } from '../../../src/activities/index.js';
import type { RunActionOptions, RunActionRequest } from '../../../src/contracts/run-action.js';
import { WORKFLOW_TYPES } from '../../../src/model/names.js';
import { startSoarSim } from '../../../src/sim/index.js';
import type { SoarSim, SoarSimOptions } from '../../../src/sim/index.js';
import { createCircuitBreaker } from '../../../src/soar/circuit-breaker.js';
import { createSoarClient } from '../../../src/soar/client.js';
import type { SoarClient } from '../../../src/soar/client.js';
import { createRunStatusLoader } from '../../../src/soar/run-status-loader.js';
import { createTemporalView } from '../../../src/worker/temporal-view.js';
import type { runAction } from '../../../src/workflows/run/run-action.js';
import { quietRuntime } from './runtime.js';
import { bundlePath, testServer } from './test-server.js';

type RunActionHandle = WorkflowHandleWithFirstExecutionRunId<typeof runAction>;

/** A SOAR, a worker's connection and a task queue of a test's own on the shared Temporal server. */
export interface Harness {
  readonly client: Client;
  readonly sim: SoarSim;
  readonly soar: SoarClient;
  readonly taskQueue: string;
  /** The activities as the worker has them, for tests that weaken one. */
  readonly activities: SoarActivities;
  /** Starts a `runAction` on the test's queue. */
  start(request: RunActionRequest, options?: RunActionOptions): Promise<RunActionHandle>;
  /** Makes a worker; the caller runs it. */
  worker(overrides?: Partial<WorkerOptions>): Promise<Worker>;
  /** Runs a worker for as long as `body` takes. */
  running<T>(body: () => Promise<T>): Promise<T>;
  /** Has a worker until the function that it gives is called: for a whole file. */
  serve(): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

// Every task replays its workflow from the start in the second pass of the suite: non-determinism has nowhere to hide.
const maxCachedWorkflows = 'maxCachedWorkflows' in globalThis ? { maxCachedWorkflows: 0 } : {};

/** `breaker: false` lets calls go on right after SOAR was away, for tests that are not about that. */
export async function createHarness({
  breaker = true,
  ...simOptions
}: SoarSimOptions & { breaker?: boolean } = {}): Promise<Harness> {
  quietRuntime();
  const connection = await Connection.connect({ address: testServer().address });
  const workerConnection = await NativeConnection.connect({ address: testServer().address });
  const client = new Client({ connection });
  const sim = await startSoarSim(simOptions);
  const soar = createSoarClient({
    baseUrl: sim.url,
    auth: { token: sim.token },
    ...(breaker ? {} : { breaker: createCircuitBreaker({ probeIntervalMs: 0, maxOpenMs: 0 }) }),
  });
  const taskQueue = `test-${randomUUID()}`;

  const loader = createRunStatusLoader(soar, { tickMs: 20 });
  const activities = createActivities({ soar, loader, temporal: createTemporalView(client, taskQueue) });

  const worker = (overrides: Partial<WorkerOptions> = {}): Promise<Worker> =>
    Worker.create({
      connection: workerConnection,
      taskQueue,
      workflowBundle: { codePath: bundlePath() },
      dataConverter: { payloadConverterPath: require.resolve('../../../src/workflows/payload-converter') },
      activities: { ...activities },
      maxHeartbeatThrottleInterval: '1s',
      ...maxCachedWorkflows,
      ...overrides,
    });

  return {
    client,
    sim,
    soar,
    taskQueue,
    activities,
    worker,
    start: (request, options) =>
      client.workflow.start<typeof runAction>(WORKFLOW_TYPES.runAction, {
        workflowId: `run-${randomUUID()}`,
        taskQueue,
        args: options ? [request, options] : [request],
      }),
    running: async (body) => (await worker()).runUntil(body),
    serve: async () => {
      const serving = await worker();
      const ended = serving.run();
      return () => {
        serving.shutdown();
        return ended;
      };
    },
    close: async () => {
      await soar.close();
      await sim.close();
      await workerConnection.close();
      await connection.close();
    },
  };
}
