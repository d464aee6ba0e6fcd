/** The worker alone, configured by the environment: `npm run worker`. */
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { ConfigError, readConfig } from './config/read-config.js';
import { connectWithPatience } from './worker/connect.js';
import { createSoarWorker, installRuntime } from './worker/create-worker.js';
import { createLogger } from './worker/logger.js';
import { SearchAttributesMissing } from './worker/search-attributes.js';

const SHUTDOWN_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLogger(config.logLevel);
  installRuntime(log);
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const connection = await connectWithPatience(connectionOptions, log);
  try {
    const worker = await createSoarWorker({ connection, namespace, config, log });
    for (const signal of SHUTDOWN_SIGNALS) {
      process.once(signal, () => {
        log.info({ signal }, 'shutting down: what is under way may finish');
        worker.shutdown();
      });
    }
    log.info({ taskQueue: config.taskQueue, namespace, soar: config.soar.baseUrl }, 'worker started');
    await worker.run();
  } finally {
    await connection.close();
  }
}

main().catch((error: unknown) => {
  const isExpected = error instanceof ConfigError || error instanceof SearchAttributesMissing;
  process.stderr.write(
    `${isExpected ? error.message : String(error instanceof Error ? (error.stack ?? error.message) : error)}\n`,
  );
  process.exitCode = 1;
});
