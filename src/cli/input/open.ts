import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { codeOfError } from '../../soar/error-code.js';
import { messageOf, UserError } from '../errors.js';
import type { InputFormat } from './format.js';
import type { InputReader } from './row.js';
import type { ItemPlan } from './item-plan.js';
import { delimitedReader } from './delimited.js';
import { jsonLinesReader } from './json-lines.js';
import { listReader } from './list.js';
import { looksBinary, readText } from './text.js';

/** An input as it lies on disk: a file of the caller's, or a copy of what came another way. */
export interface InputFile {
  /** What messages call it. */
  readonly name: string;
  readonly path: string;
  readonly format: InputFormat;
}

/** Makes the reader for the file's format. */
export function openInput({ name, path, format }: InputFile, plan: ItemPlan): InputReader {
  const text = readText({ name, path });
  if (format === 'csv') return delimitedReader({ name, text, delimiter: ',' }, plan);
  if (format === 'tsv') return delimitedReader({ name, text, delimiter: '\t' }, plan);
  return format === 'jsonl' ? jsonLinesReader(text, plan) : listReader(text, plan);
}

/** Refuses what cannot be an input at all, before anything is begun. @throws UserError that says why in one sentence */
export async function checkInput({ name, path }: Pick<InputFile, 'name' | 'path'>): Promise<void> {
  try {
    if (!(await stat(path)).isFile()) throw new UserError(`${name} is not a file.`, 2);
    if (await looksBinary(path)) throw new UserError(`${name} is not a text file.`, 2);
  } catch (error) {
    throw error instanceof UserError ? error : new UserError(`${name} ${readingProblem(error)}.`, 2);
  }
}

const READING_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read by this user',
};

function readingProblem(error: unknown): string {
  return READING_PROBLEMS[codeOfError(error)] ?? `cannot be read: ${messageOf(error)}`;
}

/** The SHA-256 of the file's content, in hexadecimal. */
export async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** Writes what comes in to a file, for its owner's eyes only. @throws UserError where `signal` ends it */
export async function spool(
  pieces: Readable | AsyncIterable<string>,
  path: string,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await pipeline(pieces, createWriteStream(path, { mode: 0o600 }), signal ? { signal } : {});
  } catch (error) {
    throw signal?.aborted ? new UserError('Stopped while the input was read; nothing was sent.') : error;
  }
}

/** What tells that a file has been written to: two of a file that has not are equal. */
export async function versionOf(path: string): Promise<string> {
  const { size, mtimeMs }: Stats = await stat(path);
  return `${size} ${mtimeMs}`;
}
