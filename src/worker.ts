/** The worker alone, configured by the environment: `npm run worker`. */
import { ConfigError, readConfig } from './config/read-config.js';
import { readTemporalConfig } from './config/read-temporal-config.js';
import { connectWithPatience } from './worker/connect.js';
import { createSoarWorker, installRuntime } from './worker/create-worker.js';
import { createLogger } from './worker/logger.js';
import { OtherSoar } from './worker/presence.js';
import { SearchAttributesMissing } from './worker/search-attributes.js';

const SHUTDOWN_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

async function main(): Promise<void> {
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

main().catch((error: unknown) => {
  const isExpected =
    error instanceof ConfigError || error instanceof SearchAttributesMissing || error instanceof OtherSoar;
  process.stderr.write(
    `${isExpected ? error.message : String(error instanceof Error ? (error.stack ?? error.message) : error)}\n`,
  );
  // At once: what a broken worker leaves open would keep the process up, and nobody would start another.
  process.exit(1);
});
