import { readConfig } from '../config/read-config.js';
import { readTemporalConfig } from '../config/read-temporal-config.js';
import { connectWithPatience } from './connect.js';
import { createSoarWorker, installRuntime } from './create-worker.js';
import { createLogger } from './logger.js';

const SHUTDOWN_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Runs the worker alone, configured by the environment, until a signal ends it.
 *
 * @throws ConfigError and SearchAttributesMissing where it cannot start
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
