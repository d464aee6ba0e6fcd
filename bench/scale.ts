/**
 * Files of 10,000 to 300,000 rows through `soar-runner batch`: what grows with the rows, and what does not; the largest in each
 * format. Writes
 * bench/results/scale.json, which the next `npm run bench -- --write` takes up; --report writes docs/performance.md again at once.
 *
 *     npm run bench:scale [-- --rows 10000]… [--report]
 */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { currentLoad, settingsOf } from './measure/settings.js';
import { writeDocument } from './report/document.js';
import { readResults } from './report/results-file.js';
import { SCALE_COLUMNS, scaleRow, writeScale } from './report/scale-file.js';
import type { ScaleTrial } from './rounds/run-scale-trial.js';
import { runScaleTrial, SCALE_FORMATS } from './rounds/run-scale-trial.js';

const optionsSchema = z.object({ rows: z.array(z.coerce.number().int().positive()), report: z.boolean() });

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', multiple: true, default: ['10000', '50000', '100000', '300000'] },
      report: { type: 'boolean', default: false },
    },
  });
  const { rows, report } = optionsSchema.parse(values);
  const settings = settingsOf(1);
  const trials: ScaleTrial[] = [];
  const largest = Math.max(...rows);
  const files = [
    ...rows.map((count) => [count, 'csv'] as const),
    ...SCALE_FORMATS.filter((format) => format !== 'csv').map((format) => [largest, format] as const),
  ];
  for (const [count, format] of files) {
    const trial = await runScaleTrial(count, format);
    trials.push(trial);
    say(SCALE_COLUMNS.map((column, index) => `${column}: ${scaleRow(trial)[index] ?? ''}`).join(', '));
  }
  await writeScale({ settings: { ...settings, loadAfter: currentLoad() }, trials });
  if (report) await writeDocument(readResults());
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

void main();
