import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A JSON sample of the two reference pages, by the name of its file. The asset's key is one of ours. */
export function sample(name: string): unknown {
  return JSON.parse(readFileSync(join(__dirname, 'samples', `${name}.json`), 'utf8'));
}

/** A sample with some fields set to something else. */
export function sampleWith(name: string, fields: Record<string, unknown>): unknown {
  return { ...asObject(sample(name)), ...fields };
}

function asObject(value: unknown): object {
  if (typeof value !== 'object' || value === null) throw new Error('the sample is no object');
  return value;
}
