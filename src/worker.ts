/** The worker alone, configured by the environment: `npm run worker`. */
import { ConfigError } from './config/read-config.js';
import { OtherSoar } from './worker/own-queue.js';
import { runWorker } from './worker/run-worker.js';
import { SearchAttributesMissing } from './worker/register-search-attributes.js';

runWorker().catch((error: unknown) => {
  const isExpected =
    error instanceof ConfigError || error instanceof SearchAttributesMissing || error instanceof OtherSoar;
  process.stderr.write(
    `${isExpected ? error.message : String(error instanceof Error ? (error.stack ?? error.message) : error)}\n`,
  );
  // At once: what a broken worker leaves open would keep the process up, and nobody would start another.
  process.exit(1);
});
