import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import type { Worker, WorkerOptions } from '@temporalio/worker';
import { createActivities, createWatch } from '../../../src/activities/index.js';
import type { SoarActivities } from '../../../src/activities/index.js';
import type { RunActionOptions, RunActionRequest } from '../../../src/contracts/run-action.js';
import { WORKFLOW_TYPES } from '../../../src/model/names.js';
import { startSoarSim } from '../../../src/sim/index.js';
import type { SoarSim, SoarSimOptions } from '../../../src/sim/index.js';
import { createCircuitBreaker } from '../../../src/soar/http/circuit-breaker.js';
import { createSoarClient } from '../../../src/soar/client.js';
import type { SoarClient } from '../../../src/soar/client.js';
import { createRunStatusLoader } from '../../../src/soar/run-status-loader.js';
import { createTemporalView } from '../../../src/worker/temporal-view.js';
import type { runAction } from '../../../src/workflows/run/run-action.js';
import { quietRuntime } from './runtime.js';
import { replayAll } from './replay-all.js';
import { payloadConverterPath, testServer, workflowBundle } from './test-server.js';
import { TestWorker } from './test-worker.js';

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
  /** Makes a worker, in place of the harness's own; the caller runs it. */
  worker(overrides?: Partial<WorkerOptions>): Promise<Worker>;
  /** Has a worker of its own, from now on until `rest` or `close`. */
  serve(): Promise<void>;
  /** Has no worker of its own until it is asked for the next time. */
  rest(): Promise<void>;
  /** Has a worker of its own, and then does `body`. */
  running<T>(body: () => Promise<T>): Promise<T>;
  /** Ends the worker, and replays every workflow that ran on the queue. */
  close(): Promise<void>;
}

interface HarnessOptions extends SoarSimOptions {
  /** False lets calls go on right after SOAR was away, for tests that are not about that. Default: true. */
  readonly breaker?: boolean;
  /** False keeps no workflow in memory: every task replays its workflow from the start. Default: true. */
  readonly cached?: boolean;
}

export async function createHarness({
  breaker = true,
  cached = true,
  ...simOptions
}: HarnessOptions = {}): Promise<Harness> {
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
  const watch = createWatch(client.activity);
  const activities = createActivities({ soar, loader, watch, temporal: createTemporalView(client, taskQueue) });

  const make = (overrides: Partial<WorkerOptions> = {}): Promise<Worker> =>
    TestWorker.create({
      connection: workerConnection,
      taskQueue,
      workflowBundle: workflowBundle(),
      dataConverter: { payloadConverterPath },
      activities: { ...activities },
      maxHeartbeatThrottleInterval: '1s',
      ...(cached ? {} : { maxCachedWorkflows: 0 }),
      ...overrides,
    });

  let serving: Promise<{ end: () => Promise<void> }> | undefined;
  const serve = async (): Promise<void> => {
    serving ??= make().then((own) => {
      const ended = own.run();
      return { end: () => (own.shutdown(), ended) };
    });
    await serving;
  };
  const rest = async (): Promise<void> => {
    const before = serving;
    serving = undefined;
    await (await before)?.end();
  };

  return {
    client,
    sim,
    soar,
    taskQueue,
    activities,
    worker: async (overrides) => {
      await rest();
      return make(overrides);
    },
    start: (request, options) =>
      client.workflow.start<typeof runAction>(WORKFLOW_TYPES.runAction, {
        workflowId: `run-${randomUUID()}`,
        taskQueue,
        args: options ? [request, options] : [request],
      }),
    serve,
    rest,
    running: async (body) => {
      await serve();
      return body();
    },
    close: async () => {
      await rest();
      await watch.handBack();
      await soar.close();
      await sim.close();
      try {
        await replayAll(client, taskQueue);
      } finally {
        // The SDK's runtime ends with its last connection, and the replay needs one.
        await workerConnection.close();
        await connection.close();
      }
    },
  };
}
