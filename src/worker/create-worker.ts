import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { Client } from '@temporalio/client';
import { Runtime, Worker } from '@temporalio/worker';
import type { NativeConnection, WorkerOptions } from '@temporalio/worker';
import { createActivities, createWatch, isUrgent } from '../activities/index.js';
import { warningsOf } from '../config/read-config.js';
import type { Config, SoarConfig } from '../config/read-config.js';
import { createSoarClient, identityOf } from '../soar/client.js';
import type { SoarClient } from '../soar/client.js';
import { createCircuitBreaker } from '../soar/http/circuit-breaker.js';
import type { CircuitBreaker } from '../soar/http/circuit-breaker.js';
import { createRateLimiter } from '../soar/http/rate-limiter.js';
import type { RateLimiter } from '../soar/http/rate-limiter.js';
import { createRunStatusLoader } from '../soar/run-status-loader.js';

import { toTemporalLogger } from './logger.js';
import type { Logger } from './logger.js';
import { sweepOrphans } from './orphans.js';
import { requireOwnQueue, workerIdentity } from './own-queue.js';
import { shareOf, watchPresence } from './request-share.js';
import type { Presence } from './request-share.js';
import { ensureSearchAttributes } from './register-search-attributes.js';
import { createTemporalView } from './temporal-view.js';

/** What a worker is made of. */
export interface SoarWorkerOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly config: Config;
  readonly log: Logger;
  /** Temporal worker options that differ from ours; tests and benches use it. */
  readonly overrides?: Partial<WorkerOptions>;
}

/** A worker that can be run once. */
export interface SoarWorker {
  /** Holds back requests to SOAR, also those of others in this process; `undefined` if there is no limit. */
  readonly limiter: RateLimiter | undefined;
  /** Takes work until {@link shutdown}, then lets what is under way finish. Rejects when the worker breaks. */
  run(): Promise<void>;
  shutdown(): void;
}

const STATUS_LOADER = { maxIds: 200 };

const WORKER_DEFAULTS = {
  // Polls and bursts hold a slot while they wait on the network, not on this machine.
  maxConcurrentActivityTaskExecutions: 500,
  maxConcurrentWorkflowTaskExecutions: 100,
  // A cached workflow holds about 0.3 MB: the cache takes 300 MB at most. One that has left it is replayed when it goes on.
  maxCachedWorkflows: 1_000,
  activityTaskPollerBehavior: { type: 'autoscaling' },
  workflowTaskPollerBehavior: { type: 'autoscaling' },
  // A cancel reaches a heartbeating activity no later than this.
  maxHeartbeatThrottleInterval: '1s',
  shutdownGraceTime: '10s',
  shutdownForceTime: '30s',
} as const satisfies Partial<WorkerOptions>;

/** Sends the log lines of Temporal's SDK to `log` and leaves signals to the caller. Once a process, before any connection. */
export function installRuntime(log: Logger): void {
  Runtime.install({
    logger: toTemporalLogger(log),
    telemetryOptions: { logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} } },
    shutdownSignals: [],
  });
}

/**
 * Makes the worker for SOAR actions: our workflows and activities, one SOAR client, one status loader.
 *
 * @throws SearchAttributesMissing if the namespace lacks ours and the worker may not create them, and OtherSoar if a
 * worker of another SOAR serves the task queue
 */
export async function createSoarWorker(options: SoarWorkerOptions): Promise<SoarWorker> {
  const { connection, namespace, config, log, overrides } = options;
  for (const warning of warningsOf(config.soar)) log.warn(warning);
  await ensureSearchAttributes(connection, namespace);
  const { taskQueue } = config;
  const identity = workerIdentity(`${process.pid}@${hostname()}/${randomUUID().slice(0, 8)}`, identityOf(config.soar));
  const whoAndWhere = { connection, namespace, taskQueue, identity };
  const presence = watchPresence(whoAndWhere);
  await requireOwnQueue(presence, whoAndWhere, log).catch(async (error: unknown) => {
    await presence.stop();
    throw error;
  });
  const limiter = limiterOf(config.soar, presence);
  const soar = createSoarClient({ ...config.soar, limiter, breaker: breakerWith(log) });
  const loader = createRunStatusLoader(soar, STATUS_LOADER);
  const temporal = new Client({ connection, namespace });
  const watch = createWatch(temporal.activity);
  const ended = new AbortController();
  const tried = trySoar(soar, log, ended.signal);
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    identity,
    ...workflowCode(),
    dataConverter: { payloadConverterPath: require.resolve('../workflows/payload-converter') },
    activities: { ...createActivities({ soar, loader, watch, temporal: createTemporalView(temporal, taskQueue) }) },
    ...WORKER_DEFAULTS,
    ...overrides,
  }).catch(async (error: unknown) => {
    await presence.stop();
    throw error;
  });
  const stopSweeping = sweepOrphans({ client: temporal, taskQueue, policy: config.orphans, log });
  return {
    limiter,
    run: () =>
      worker.run().finally(async () => {
        await watch.handBack();
        await stopSweeping();
        await presence.stop();
        ended.abort();
        await tried;
        await soar.close();
      }),
    shutdown: () => {
      worker.shutdown();
      void watch.handBack();
    },
  };
}

function limiterOf({ maxRequestsPerSecond: perSecond }: SoarConfig, presence: Presence): RateLimiter | undefined {
  return perSecond === undefined
    ? undefined
    : createRateLimiter({ perSecond: () => shareOf(perSecond, presence), isUrgent });
}

function breakerWith(log: Logger): CircuitBreaker {
  return createCircuitBreaker({
    onChange: (state, reason) => {
      if (state === 'open') log.warn({ reason }, 'SOAR cannot be reached: one call every 5 s goes through');
      else log.info('SOAR can be reached again');
    },
  });
}

/** Says at once when SOAR cannot be reached or refuses the credentials; the worker takes work all the same. */
async function trySoar(soar: SoarClient, log: Logger, signal: AbortSignal): Promise<void> {
  try {
    const { version } = await soar.getVersion({ signal });
    log.info({ version }, 'SOAR answers');
  } catch (error) {
    if (signal.aborted) return;
    log.warn(`SOAR does not answer as it should: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The bundle that the build made; run from the sources there is none, and the SDK bundles at start. */
function workflowCode(): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath' | 'interceptors'> {
  const codePath = path.join(__dirname, '../workflow-bundle.js');
  return existsSync(codePath)
    ? { workflowBundle: { codePath } }
    : {
        workflowsPath: path.join(__dirname, '../workflows'),
        interceptors: { workflowModules: [path.join(__dirname, '../workflows/reserved-names')] },
      };
}
