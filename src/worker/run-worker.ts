import { setTimeout as delay } from 'node:timers/promises';
import { NativeConnection } from '@temporalio/worker';
import type { NativeConnectionOptions } from '@temporalio/worker';
import { TEMPORAL_VARIABLES, whyUnreachable } from '../client/why-unreachable.js';
import { ConfigError, readConfig, readTemporalConfig } from '../config/read-config.js';
import { createSoarWorker, installRuntime } from './create-worker.js';
import { createLogger } from './logger.js';
import type { Logger } from './logger.js';

const SHUTDOWN_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Runs the worker alone, configured by the environment, until a signal ends it.
 *
 * @throws StartRefused if it cannot start
 */
export async function runWorker(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLogger(config.logLevel);
  installRuntime(log);
  const { connectionOptions, namespace = 'default' } = readTemporalConfig();
  const connection = await connectWithPatience(connectionOptions, log);
  const worker = await createSoarWorker({ connection, namespace, config, log });
  for (const signal of SHUTDOWN_SIGNALS) {
    process.once(signal, () => {
      log.info({ signal }, 'shutting down: what is under way may finish');
      worker.shutdown();
    });
  }
  log.info({ taskQueue: config.taskQueue, namespace, soar: config.soar.baseUrl }, 'worker started');
  await worker.run();
  await connection.close();
}

const PAUSE_MS = 5_000;
/** A host that swallows what is sent keeps an attempt waiting for long. */
const SLOW_AFTER_MS = 1_500;
const SAY_EVERY_MS = 10_000;

/**
 * Connects to Temporal and waits for one that is not up yet: worker and server may be started in any order.
 *
 * @throws ConfigError if the address is none
 */
async function connectWithPatience(options: NativeConnectionOptions, log: Logger): Promise<NativeConnection> {
  for (;;) {
    try {
      return await warnIfSlow(NativeConnection.connect(options), options, log);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (error.name !== 'TransportError')
        throw new ConfigError([`TEMPORAL_ADDRESS cannot be used: ${error.message}.`]);
      const { address } = options;
      const reason = await whyUnreachable(options, error, TEMPORAL_VARIABLES);
      log.warn({ address }, `Temporal cannot be reached, trying again in ${PAUSE_MS / 1_000} s: ${reason}`);
    }
    await delay(PAUSE_MS);
  }
}

async function warnIfSlow<T>(connecting: Promise<T>, { address }: NativeConnectionOptions, log: Logger): Promise<T> {
  const warn = (): void => {
    log.warn({ address }, 'Temporal has not answered yet, still trying');
  };
  const timers = [setTimeout(warn, SLOW_AFTER_MS), setInterval(warn, SAY_EVERY_MS)];
  try {
    return await connecting;
  } finally {
    timers.forEach(clearInterval);
  }
}
