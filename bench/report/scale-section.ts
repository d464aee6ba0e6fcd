import { markdownTable } from './markdown-table.js';
import { readScale, SCALE_COLUMNS, scaleRow } from './scale-file.js';
import { describeSettings } from './settings-text.js';

const INTRODUCTION = `## Scale

A file of so many addresses, every fifth a duplicate, through \`soar-runner batch\` with a worker of its own (\`npm run bench:scale\`): reading, the
state on disk and the results file included. CPU is that of command, worker and Temporal’s server together. Memory is resident: what it settled at in the second
half, and its peak, which Node reaches while it warms up and while the results file is written. What we set ourselves: memory flat, time linear, no history over 4,096 events or 4 MiB.`;

/** The section on `npm run bench:scale`, from what its last run left. */
export function scaleSection(): string {
  const scale = readScale();
  if (!scale) return [INTRODUCTION, 'Not measured yet.'].join('\n\n');
  const table = markdownTable(SCALE_COLUMNS, scale.trials.map(scaleRow));
  const [when = '', machine = '', load = ''] = describeSettings(scale.settings);
  return [INTRODUCTION, table, `${when} ${machine} ${load}`].join('\n\n');
}
