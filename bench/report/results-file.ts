import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { z } from 'zod';
import { settingsSchema } from '../measure/settings.js';
import { trialSchema } from '../rounds/figures.js';

/** All that a run of the bench found out: every trial, so that medians can be checked. */
export const resultsSchema = z.object({
  settings: settingsSchema,
  trials: z.array(trialSchema).readonly(),
  notMeasured: z.array(z.object({ contender: z.string(), scenario: z.string(), reason: z.string() })).readonly(),
});

/** {@link resultsSchema} as a type. */
export type Results = z.infer<typeof resultsSchema>;

const RESULTS_FILE = path.join(__dirname, '../results/latest.json');

/** Reads what the last run left. Throws where there was none. */
export function readResults(): Results {
  return resultsSchema.parse(JSON.parse(readFileSync(RESULTS_FILE, 'utf8')));
}

/** Writes bench/results/latest.json. */
export async function writeResults(results: Results): Promise<void> {
  await writeFormatted(RESULTS_FILE, JSON.stringify(results));
}

/** Writes a file as the repository's own formatter would have it. */
export async function writeFormatted(file: string, text: string): Promise<void> {
  const config = await resolveConfig(file);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, await format(text, { ...config, filepath: file }));
}
