import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { canonicalJson } from '../../model/json.js';
import { UserError } from '../errors.js';
import { readJsonFile, writeJsonFile } from '../stack/state-folder.js';
import { nameOf, workOf } from './spec.js';
import type { JobSpec } from './spec.js';

const ownerSchema = z.object({ work: z.string(), source: z.string() });

/**
 * Refuses to replace the results of another job in a file that the caller has not named.
 *
 * @param directory where commands keep their state
 * @param jobId tells apart what comes on standard input, which has no name
 * @throws UserError that says whose results they are
 */
export function checkOwner(directory: string, spec: JobSpec, jobId = ''): void {
  if (!spec.isOutputByDefault || spec.force) return;
  for (const output of spec.outputs) {
    const owner = readJsonFile(recordOf(directory, output), ownerSchema);
    if (!owner || owner.work === digestOf(spec, jobId) || !existsSync(output)) continue;
    throw new UserError(
      `${output} has the results of another job, on ${owner.source}: name another file with --output, or say --force.`,
      2,
    );
  }
}

/** Notes whose results the outputs have now. */
export function noteOwner(directory: string, spec: JobSpec, jobId: string): void {
  if (!spec.isOutputByDefault) return;
  mkdirSync(path.join(directory, 'results'), { recursive: true });
  for (const output of spec.outputs)
    writeJsonFile(recordOf(directory, output), { work: digestOf(spec, jobId), source: nameOf(spec.source) });
}

function recordOf(directory: string, output: string): string {
  return path.join(directory, 'results', `${sha256(path.resolve(output)).slice(0, 16)}.json`);
}

function digestOf(spec: JobSpec, jobId: string): string {
  return spec.source.kind === 'stdin' ? jobId : sha256(canonicalJson(workOf(spec)));
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
