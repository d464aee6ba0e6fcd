import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { settingsSchema } from '../measure/settings.js';
import { markdownTable } from './markdown-table.js';
import { writeFormatted } from './results-file.js';
import { describeSettings } from './settings-text.js';

const trialSchema = z.object({
  scenario: z.enum(['at-rest', 'in-flight']),
  runs: z.int(),
  /** False: SOAR does not filter by ids. */
  canFilter: z.boolean(),
  settings: settingsSchema,
  /** Percent of one core beyond the idle stack: Temporal's server and the worker. */
  cpuPercent: z.object({ temporal: z.number(), worker: z.number() }),
  workerBytes: z.number(),
  /** Those that ask how runs stand. */
  statusGetsPerSecond: z.number(),
  getsPerSecond: z.number(),
  lateMs: z.object({ p50: z.number(), p95: z.number(), max: z.number() }),
});

/** What one run of `npm run bench:waiting` found out. */
export type WaitingTrial = z.infer<typeof trialSchema>;

const FILE = path.join(__dirname, '../results/waiting.json');

function readTrials(): WaitingTrial[] {
  return existsSync(FILE) ? z.array(trialSchema).parse(JSON.parse(readFileSync(FILE, 'utf8'))) : [];
}

/** Keeps it in bench/results/waiting.json, in place of an earlier one of the same kind. */
export async function writeTrial(trial: WaitingTrial): Promise<void> {
  const keyOf = ({ scenario, runs, canFilter }: WaitingTrial): string => `${scenario} ${canFilter} ${runs}`;
  const others = readTrials().filter((other) => keyOf(other) !== keyOf(trial));
  const all = [...others, trial].sort((a, b) => keyOf(a).localeCompare(keyOf(b)));
  await writeFormatted(FILE, JSON.stringify(all));
}

const INTRODUCTION = `## Waiting

What runs cost while they go on in SOAR (\`npm run bench:waiting\`). At rest: they wait for an approval, and the third minute is measured; then
somebody approves them one after the other. In flight: each lasts a minute, and as many come as end. Percent of one core beyond the idle stack;
lateness from a run’s end in SOAR to the end of its workflow. What we set ourselves: at rest 15 % and 5 s (p95) for 1,000 runs, in flight 2 + N/100
GETs of statuses a second, and 25 where SOAR does not filter; 10,000 at rest at most 80 %.

A run that waits holds about 20 kB in the worker: 10,000 had 217 MB in use after a garbage collection. A cached workflow holds 0.3 MB, and a worker
caches 1,000. Resident memory is more, because Node collects late. 10,000 that are approved within minutes end as fast as Temporal can take them.`;

const COLUMNS = [
  'runs',
  'CPU, % of a core',
  'Temporal + worker',
  'worker, MB',
  'status GETs/s',
  'all GETs/s',
  'late p50 / p95 / max, s',
];

/** The section on `npm run bench:waiting`, from what its last runs left. */
export function waitingSection(): string {
  const trials = readTrials();
  const [first] = trials;
  if (!first) return [INTRODUCTION, 'Not measured yet.'].join('\n\n');
  const [when = '', machine = ''] = describeSettings(first.settings);
  return [INTRODUCTION, markdownTable(COLUMNS, trials.map(rowOf)), `${when} ${machine}`].join('\n\n');
}

function rowOf(trial: WaitingTrial): string[] {
  const { scenario, runs, canFilter, cpuPercent, workerBytes, lateMs } = trial;
  const { temporal, worker } = cpuPercent;
  const seconds = (ms: number): string => (ms / 1_000).toFixed(1);
  return [
    `${runs} ${scenario === 'at-rest' ? 'at rest' : 'in flight'}${canFilter ? '' : ', SOAR without the filter'}`,
    (temporal + worker).toFixed(1),
    `${temporal.toFixed(1)} + ${worker.toFixed(1)}`,
    (workerBytes / 1024 ** 2).toFixed(0),
    trial.statusGetsPerSecond.toFixed(1),
    trial.getsPerSecond.toFixed(1),
    `${seconds(lateMs.p50)} / ${seconds(lateMs.p95)} / ${seconds(lateMs.max)}`,
  ];
}
