import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { UserError } from '../errors.js';
import { checkInput, digestOf, openInput, spool, versionOf } from '../input/open.js';
import type { InputFile } from '../input/open.js';
import type { JobSpec } from './spec.js';
import { nameOf } from './spec.js';
import { openDatabase } from './database.js';
import { ingest } from './ingest.js';
import { InputStore } from './input-store.js';
import type { InputSummary } from './input-store.js';
import { openJobFolder } from './job-folder.js';
import type { JobFolder } from './job-folder.js';
import { ResultStore } from './result-store.js';

/** A job whose input has been read: everything about it is on disk. */
export interface PreparedJob {
  readonly spec: JobSpec;
  readonly folder: JobFolder;
  readonly input: InputStore;
  readonly results: ResultStore;
  readonly summary: InputSummary;
  /** Gives the database back; another command can take the job up then. */
  close(): Promise<void>;
}

/** Prepares a job on a file of the caller's. @throws UserError where the file is not what it must be */
export async function prepareFromFile(directory: string, spec: JobSpec, file: InputFile): Promise<PreparedJob> {
  await checkInput(file);
  const version = await versionOf(file.path);
  const identity = { inputDigest: await digestOf(file.path), work: workOf(spec), workflowId: spec.workflowId };
  const folder = openJobFolder(directory, identity);
  const database = await openDatabase(folder.databasePath);
  try {
    const input = new InputStore(database);
    const summary = await ingest(file.name, openInput(file, spec.mapping), input);
    if ((await versionOf(file.path)) !== version) throw new UserError(`${file.name} changed while it was read.`, 2);
    const close = (): Promise<void> => database.close();
    return { spec, folder, input, results: new ResultStore(database), summary, close };
  } catch (error) {
    await database.close();
    if (!folder.isResumed) folder.remove();
    throw error;
  }
}

/**
 * Prepares a job on what comes only once: it is written to a file first.
 *
 * @throws UserError also where `signal` ends the reading
 */
export async function prepareFromStream(
  directory: string,
  spec: JobSpec,
  pieces: Readable | AsyncIterable<string>,
  signal?: AbortSignal,
): Promise<PreparedJob> {
  const format = spec.source.kind === 'stdin' ? spec.source.format : 'jsonl';
  const file = { name: nameOf(spec.source), path: path.join(directory, `input-${process.pid}`), format };
  mkdirSync(directory, { recursive: true });
  try {
    await spool(pieces, file.path, signal);
    return await prepareFromFile(directory, spec, file);
  } finally {
    rmSync(file.path, { force: true });
  }
}

/** All that makes the same input another job. Not where the results go. */
function workOf({ source, mapping, target, options }: JobSpec): unknown {
  return { source: nameOf(source), plan: mapping, target, options };
}
