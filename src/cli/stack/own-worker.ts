import { NativeConnection } from '@temporalio/worker';
import type { NativeConnectionOptions } from '@temporalio/worker';
import pino from 'pino';
import type { Config } from '../../config/read-config.js';
import type { RateLimiter } from '../../soar/http/rate-limiter.js';
import { createSoarWorker, installRuntime } from '../../worker/create-worker.js';
import { createLogger } from '../../worker/logger.js';
import { openLogFile } from './state-folder.js';

/**
 * Runs the job's own worker in this process. `closers` get what drains and closes it.
 *
 * @returns `ended`, in an object because an async function would wait for a promise: the error if the worker fails, else nothing; and
 * the worker's limiter, which this command's own requests to SOAR go through
 */
export async function startWorker(
  options: NativeConnectionOptions,
  namespace: string,
  config: Config,
  logFile: string,
  closers: (() => Promise<void> | void)[],
): Promise<{ ended: Promise<unknown>; limiter: RateLimiter | undefined }> {
  const log = createLogger(config.logLevel, pino.destination({ fd: openLogFile(logFile), sync: true }));
  // The SDK's runtime ends with its last connection. Without a worker it would keep the process alive, so it is not installed.
  installRuntime(log);
  const connection = await NativeConnection.connect(options);
  closers.push(() => connection.close());
  const worker = await createSoarWorker({ connection, namespace, config, log });
  const ended = worker.run().catch((error: unknown) => error);
  closers.push(async () => {
    worker.shutdown();
    await ended;
  });
  return { ended, limiter: worker.limiter };
}
