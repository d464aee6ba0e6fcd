/**
 * Ours beside other engines, at the same work against the same embedded SOAR. A whole run takes about half an hour; it writes
 * bench/results/latest.json and, with --write, docs/performance.md.
 *
 *     npm run bench [-- --only NAME]… [--rounds N] [--jobs N] [--write]
 */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { CONTENDERS } from './contenders/index.js';
import { currentLoad, settingsOf } from './measure/settings.js';
import { writeDocument } from './report/document.js';
import { writeResults } from './report/results-file.js';
import type { Results } from './report/results-file.js';
import { toTerminal } from './report/terminal.js';
import { entriesFor, runContest } from './rounds/contest.js';
import { SCENARIOS } from './rounds/scenarios.js';

const count = z.coerce.number().int().positive();
const optionsSchema = z
  .object({ only: z.array(z.string()), rounds: count, jobs: count.default(Infinity), write: z.boolean() })
  .refine(({ only, jobs, write }) => !write || (only.length === 0 && jobs === Infinity), {
    error: '--write needs a whole run: leave --only and --jobs out.',
  });

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string', default: '3' },
      jobs: { type: 'string' },
      write: { type: 'boolean', default: false },
    },
  });
  const { only, rounds, jobs, write } = optionsSchema.parse(values);
  const settings = settingsOf(rounds);
  const contest = await runContest(entriesFor(CONTENDERS, SCENARIOS, { only, maxJobs: jobs }), rounds, say);
  const results: Results = { settings: { ...settings, loadAfter: currentLoad() }, ...contest };
  await writeResults(results);
  say(toTerminal(results));
  if (write) await writeDocument(results);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

void main();
