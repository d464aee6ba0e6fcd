import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { codeOfError } from '../../soar/errors.js';
import { UserError } from '../errors.js';

const PEEKED_BYTES = 4_096;
/** By byte order mark. Files from PowerShell and Excel have one. */
const UTF_16: Readonly<Record<string, string>> = { fffe: 'utf-16le', feff: 'utf-16be' };

/**
 * A file's text in pieces: UTF-8, or UTF-16 with a byte order mark.
 *
 * @throws UserError for any other encoding: replacement characters would make different values equal
 */
export async function* readText({ name, path }: { name: string; path: string }): AsyncGenerator<string> {
  const encoding = encodingOf(await peek(path));
  const decoder = new TextDecoder(encoding, { fatal: true });
  try {
    for await (const bytes of createReadStream(path)) yield decoder.decode(bytes as Buffer, { stream: true });
    yield decoder.decode();
  } catch (error) {
    if (codeOfError(error) !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error;
    throw new UserError(`${name} is not ${encoding.toUpperCase()} text: save it as UTF-8.`, 2);
  }
}

/** True for a file that is not text. */
export async function looksBinary(path: string): Promise<boolean> {
  const start = await peek(path);
  return start.includes(0) && encodingOf(start) === 'utf-8';
}

function encodingOf(start: Buffer): string {
  return UTF_16[start.subarray(0, 2).toString('hex')] ?? 'utf-8';
}

async function peek(path: string): Promise<Buffer> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(PEEKED_BYTES));
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** A line of a text, without its end; `undefined` for a line that is too long. */
export type Line = string | undefined;

/** The longest line that is kept. */
export const MAX_LINE_CHARACTERS = 1024 * 1024;
/** What to say of a longer one. */
export const LINE_TOO_LONG = 'The line is longer than a line may be.';

/** Splits a text that comes in pieces into lines. A line that is too long is skipped without being kept in memory. */
export async function* readLines(text: AsyncIterable<string>): AsyncGenerator<Line> {
  let rest = '';
  let isTooLong = false;
  for await (const piece of text) {
    const parts = piece.split('\n');
    const last = parts.pop() ?? '';
    for (const part of parts) {
      yield isTooLong ? undefined : toLine(rest + part);
      rest = '';
      isTooLong = false;
    }
    if (!isTooLong) rest += last;
    if (rest.length > MAX_LINE_CHARACTERS) {
      isTooLong = true;
      rest = '';
    }
  }
  if (isTooLong) yield undefined;
  else if (rest !== '') yield toLine(rest);
}

function toLine(text: string): Line {
  return text.length > MAX_LINE_CHARACTERS ? undefined : text.replace(/\r$/, '');
}
