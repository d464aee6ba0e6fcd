import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { canonicalJson } from '../../model/json.js';
import { UserError } from '../errors.js';
import { checkInput, digestOf, openInput, spool, versionOf } from '../input/open.js';
import type { InputFile } from '../input/open.js';
import type { ActionFacts, InputReader } from '../input/row.js';
import { readJsonFile, writeJsonFile } from '../stack/state-folder.js';
import { inPages } from './in-parallel.js';
import { openDatabase } from './database.js';
import { InputStore } from './input-store.js';
import type { InputSummary } from './input-store.js';
import { ResultStore } from './result-store.js';
import { nameOf, workOf } from './spec.js';
import type { JobSpec } from './spec.js';

/** A job whose input has been read. Its whole state is on disk. */
export interface PreparedJob {
  readonly spec: JobSpec;
  readonly folder: JobFolder;
  readonly input: InputStore;
  readonly results: ResultStore;
  readonly summary: InputSummary;
  /** Closes the database, so that another command can resume the job. */
  close(): Promise<void>;
}

/**
 * Prepares a job on a stream, which is written to a file first because it comes only once.
 *
 * @throws UserError as {@link prepareFromFile}, and if `signal` ends the reading
 */
export async function prepareFromStream(
  directory: string,
  spec: JobSpec,
  facts: () => Promise<ActionFacts>,
  pieces: Readable | AsyncIterable<string>,
  signal?: AbortSignal,
): Promise<PreparedJob> {
  const format = spec.source.kind === 'stdin' ? spec.source.format : 'jsonl';
  const file = { name: nameOf(spec.source), path: path.join(directory, `input-${process.pid}`), format };
  mkdirSync(directory, { recursive: true });
  try {
    await spool(pieces, file.path, signal);
    return await prepareFromFile(directory, spec, facts, file);
  } finally {
    rmSync(file.path, { force: true });
  }
}

/**
 * Prepares a job on a file.
 *
 * @param facts asks SOAR what the action takes; called only if the file has not been read by an earlier process
 * @throws UserError if the file is not a valid input, or changes while it is read
 */
export async function prepareFromFile(
  directory: string,
  spec: JobSpec,
  facts: () => Promise<ActionFacts>,
  file: InputFile,
): Promise<PreparedJob> {
  await checkInput(file);
  const version = await versionOf(file.path);
  const identity = { inputDigest: await digestOf(file.path), work: workOf(spec), workflowId: spec.workflowId };
  const folder = openJobFolder(directory, identity);
  const database = await openDatabase(path.join(folder.path, 'state'));
  try {
    const input = new InputStore(database, spec.limit);
    const open = async (): Promise<InputReader> =>
      openInput(file, { mapping: spec.mapping, rules: spec.rules, facts: await facts() });
    const summary = await ingest(file.name, open, input);
    if ((await versionOf(file.path)) !== version) throw new UserError(`${file.name} changed while it was read.`, 2);
    const close = (): Promise<void> => database.close();
    return { spec, folder, input, results: new ResultStore(database), summary, close };
  } catch (error) {
    await database.close();
    if (!folder.isResumed) folder.remove();
    throw error;
  }
}

/** What tells a job from others. Digests of it are on disk: its keys and values must not change between versions. */
export interface JobIdentity {
  readonly inputDigest: string;
  /** Everything that decides what is run on the input. */
  readonly work: unknown;
  /** The workflow id, if the caller chose one. */
  readonly workflowId?: string | undefined;
}

/** The folder of a job whose results are not written yet. */
export interface JobFolder {
  readonly path: string;
  /** Digest of the job's identity. */
  readonly id: string;
  readonly workflowId: string;
  /** True if an earlier process, killed or stopped, has begun the job. */
  readonly isResumed: boolean;
  /** To be called once the results are written: the same input is then a new job. */
  remove(): void;
}

const recordSchema = z.object({ workflowId: z.string() });

/**
 * Finds the folder of a job, or creates it. The workflow id is stored before the batch is started: the same command after a kill
 * resumes the batch, and does not start another.
 */
export function openJobFolder(directory: string, identity: JobIdentity): JobFolder {
  const id = createHash('sha256').update(canonicalJson(identity)).digest('hex').slice(0, 16);
  const folder = path.join(directory, 'jobs', id);
  const recordFile = path.join(folder, 'job.json');
  const known = readJsonFile(recordFile, recordSchema);
  const workflowId = known?.workflowId ?? identity.workflowId ?? `enrich-${id}-${randomUUID().slice(0, 8)}`;
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  if (!known) {
    // A folder without its record cannot be resumed.
    remove();
    writeJsonFile(recordFile, { workflowId });
  }
  return { path: folder, id, workflowId, isResumed: known !== undefined, remove };
}

const PAGE_ROWS = 1_000;

/**
 * Stores all rows of an input. An input that an earlier process has stored is not read again; one that it has stored in part
 * is.
 *
 * @throws UserError if the input is not of its format, or has no rows
 */
async function ingest(name: string, open: () => Promise<InputReader>, store: InputStore): Promise<InputSummary> {
  const known = await store.summary();
  if (known) return known;
  const reader = await open();
  await store.clear();
  let rows = 0;
  for await (const page of inPages(reader.rows(), PAGE_ROWS)) {
    rows += page.length;
    await store.add(page);
  }
  if (rows === 0) throw new UserError(`${name} has no rows.`, 2);
  return store.finish(reader.columns, reader.notes);
}
