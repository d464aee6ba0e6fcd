import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { codeOfError } from '../../soar/errors.js';
import { messageOf, UserError } from '../errors.js';
import { delimitedReader } from './delimited.js';
import { jsonLinesReader } from './json-lines.js';
import { indicatorColumn, readItem } from './row.js';
import type { ColumnMapping, InputReader, InputRow } from './row.js';
import { LINE_TOO_LONG, looksBinary, readLines, readText } from './text.js';

/** The formats of an input. */
export const INPUT_FORMATS = ['csv', 'tsv', 'jsonl', 'list'] as const;
export type InputFormat = (typeof INPUT_FORMATS)[number];

const BY_EXTENSION: Readonly<Record<string, InputFormat>> = {
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.tab': 'tsv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.txt': 'list',
  '.list': 'list',
};

/** The format of a file by its name. @throws UserError if the extension is unknown */
export function formatOf(file: string): InputFormat {
  const format = BY_EXTENSION[extname(file).toLowerCase()];
  if (format) return format;
  throw new UserError(`The name of ${file} does not tell its format: say --format ${INPUT_FORMATS.join('|')}.`, 2);
}

/** An input on disk: a file of the caller's, or a copy of what came another way. */
export interface InputFile {
  /** What messages call it. */
  readonly name: string;
  readonly path: string;
  readonly format: InputFormat;
}

/** The reader for the file's format. */
export function openInput({ name, path, format }: InputFile, mapping: ColumnMapping): InputReader {
  const text = readText({ name, path });
  if (format === 'csv') return delimitedReader({ name, text, delimiter: ',' }, mapping);
  if (format === 'tsv') return delimitedReader({ name, text, delimiter: '\t' }, mapping);
  return format === 'jsonl' ? jsonLinesReader(text, mapping) : listReader(text, mapping);
}

/** Reads a plain list: an indicator a line. Empty lines, and lines that begin with `#`, are not rows. */
export function listReader(text: AsyncIterable<string>, mapping: ColumnMapping): InputReader {
  return { columns: [indicatorColumn(mapping)], rows: () => readList(text, mapping) };
}

async function* readList(text: AsyncIterable<string>, mapping: ColumnMapping): AsyncGenerator<InputRow> {
  for await (const line of readLines(text)) {
    const indicator = line?.replace(/^\uFEFF/, '').trim();
    if (indicator === undefined) yield { cells: [''], reading: { problem: LINE_TOO_LONG } };
    else if (indicator !== '' && !indicator.startsWith('#'))
      yield { cells: [indicator], reading: readItem({ [mapping.parameter]: indicator }, mapping, {}) };
  }
}

const READING_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read by this user',
};

/** Refuses a file that cannot be an input, before anything is started. @throws UserError that says why in one sentence */
export async function checkInput({ name, path }: Pick<InputFile, 'name' | 'path'>): Promise<void> {
  try {
    if (!(await stat(path)).isFile()) throw new UserError(`${name} is not a file.`, 2);
    if (await looksBinary(path)) throw new UserError(`${name} is not a text file.`, 2);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const reason = READING_ERRORS[codeOfError(error)] ?? `cannot be read: ${messageOf(error)}`;
    throw new UserError(`${name} ${reason}.`, 2);
  }
}

/** The SHA-256 of the file's content, in hexadecimal. */
export async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** The file's size and time of change: if they are the same later, nothing was written meanwhile. */
export async function versionOf(path: string): Promise<string> {
  const { size, mtimeMs } = await stat(path);
  return `${size} ${mtimeMs}`;
}

/** Writes a stream to a file that only its owner can read. @throws UserError if `signal` ends it */
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
