/** The worker alone, configured by the environment: `npm run worker`. */
import { explain } from './cli/explain-errors.js';
import { forTerminal } from './model/text.js';
import { runWorker } from './worker/run-worker.js';

runWorker().catch((error: unknown) => {
  process.stderr.write(`${forTerminal(explain(error, process.env).text ?? '')}\n`);
  // At once: what a broken worker leaves open would keep the process up, and nobody would start another.
  process.exit(1);
});
