import type { EnrichBatchInput } from '../../contracts/enrich-batch.js';
import type { ArtifactField } from '../input/container.js';
import type { InputFormat } from '../input/open.js';
import type { ColumnMapping, ReadingRules } from '../input/row.js';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { canonicalJson } from '../../model/json.js';
import { UserError } from '../errors.js';
import { readJsonFile, writeJsonFile } from '../stack/state-folder.js';

/** Where the rows come from. */
export type InputSource =
  | { readonly kind: 'file'; readonly path: string; readonly format: InputFormat | undefined }
  | { readonly kind: 'stdin'; readonly format: InputFormat | undefined }
  | ({ readonly kind: 'container' } & ArtifactField);

/** What is run on the rows. */
export interface ActionTarget {
  readonly action: string;
  readonly asset: string;
  readonly container: string;
  /** Number or GUID of the app. Default: looked up in SOAR. */
  readonly app?: string | undefined;
  /** SOAR's type of the action. Default: looked up with the app. */
  readonly type?: string | undefined;
  readonly delaySecs?: number | undefined;
}

/** A job, as the command line asks for it. */
export interface JobSpec {
  readonly source: InputSource;
  readonly mapping: ColumnMapping;
  readonly rules: ReadingRules;
  /** At most so many different items are sent. */
  readonly limit?: number | undefined;
  readonly target: ActionTarget;
  readonly options: NonNullable<EnrichBatchInput['options']>;
  /** Files, and `-` for lines of JSON on standard output. */
  readonly outputs: readonly string[];
  /** True if the caller named no outputs: those of another job are not replaced then. */
  readonly isOutputByDefault?: boolean | undefined;
  /** Replaces them all the same. */
  readonly force?: boolean | undefined;
  /** Goes on also if the first run ends for a reason that every row shares. */
  readonly keepGoing?: boolean | undefined;
  /** Permissions of the files. Default: for their owner only. */
  readonly mode?: number | undefined;
  readonly workflowId?: string | undefined;
  /** On a terminal, keeps the servers running when the job is done. */
  readonly stayUp: boolean;
  /** False leaves the work to workers that run elsewhere. */
  readonly worker: boolean;
}

/** What messages call the input. */
export function nameOf(source: InputSource): string {
  if (source.kind === 'file') return source.path;
  return source.kind === 'stdin' ? 'standard input' : `container ${source.container}`;
}

/**
 * What is asked for, outputs apart: the same work with other outputs is the same job. Digests of it are on disk: its keys and
 * values must not change between versions, and what is new is absent if it is not used.
 */
export function workOf({ source, mapping, rules, limit, target, options }: JobSpec): Readonly<Record<string, unknown>> {
  const isUsed = limit !== undefined || Object.values(rules).some((rule) => rule !== undefined);
  return { source: nameOf(source), plan: mapping, target, options, ...(isUsed ? { rules: { ...rules, limit } } : {}) };
}

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
