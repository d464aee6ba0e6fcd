import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { settingsSchema } from '../measure/settings.js';
import { scaleTrialSchema } from '../rounds/run-scale-trial.js';
import type { ScaleTrial } from '../rounds/run-scale-trial.js';
import { writeFormatted } from './results-file.js';

const scaleSchema = z.object({ settings: settingsSchema, trials: z.array(scaleTrialSchema).readonly() });

/** All that a run of `npm run bench:scale` found out. */
export type Scale = z.infer<typeof scaleSchema>;

const SCALE_FILE = path.join(__dirname, '../results/scale.json');

/** What the last run left; undefined if there was none. */
export function readScale(): Scale | undefined {
  return existsSync(SCALE_FILE) ? scaleSchema.parse(JSON.parse(readFileSync(SCALE_FILE, 'utf8'))) : undefined;
}

/** Writes bench/results/scale.json. */
export async function writeScale(scale: Scale): Promise<void> {
  await writeFormatted(SCALE_FILE, JSON.stringify(scale));
}

/** The columns of the table. */
export const SCALE_COLUMNS = [
  'rows',
  'file',
  'seconds',
  'rows/s',
  'command, MB (peak)',
  'worker, MB (peak)',
  'CPU ms/row',
  'REST calls/row',
  'workflows',
  'longest history',
  'largest history',
] as const;

/** A file's line under {@link SCALE_COLUMNS}. */
export function scaleRow(trial: ScaleTrial): string[] {
  const { rows, format, elapsedMs, cpuMs, restCalls, history } = trial;
  const megabytes = (bytes: number): string => (bytes / 1024 ** 2).toFixed(0);
  return [
    String(rows),
    `.${format}`,
    (elapsedMs / 1_000).toFixed(1),
    ((rows * 1_000) / elapsedMs).toFixed(0),
    `${megabytes(trial.commandBytes)} (${megabytes(trial.commandPeakBytes)})`,
    `${megabytes(trial.workerBytes)} (${megabytes(trial.workerPeakBytes)})`,
    (cpuMs / rows).toFixed(2),
    (restCalls / rows).toFixed(3),
    String(history.workflows),
    `${history.maxEvents} events`,
    `${(history.maxBytes / 1024 ** 2).toFixed(2)} MiB`,
  ];
}
