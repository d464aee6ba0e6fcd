import { codeOfError } from '../../soar/soar-error.js';
import { UserError } from '../errors.js';
import { peek, readBytes } from './bytes.js';
import { shellWord } from '../../model/text.js';

/** A file to be read as text. */
export interface TextFile {
  /** What messages call it. */
  readonly name: string;
  readonly path: string;
  /** A label of the WHATWG Encoding Standard. Default: UTF-8, or UTF-16 if the file shows it. */
  readonly encoding?: string | undefined;
  /** False if the command has no option for it. */
  readonly hasOption?: false;
}

/** By byte order mark. Files from PowerShell and Excel have one. */
const UTF_16: Readonly<Record<string, string>> = { fffe: 'utf-16le', feff: 'utf-16be' };

/**
 * A file's text in pieces: UTF-8, UTF-16, or what the caller says; unpacked.
 *
 * @throws UserError for any other encoding: replacement characters would make different values equal
 */
export async function* readText(file: TextFile): AsyncGenerator<string> {
  let last = '\n';
  for await (const piece of decoded(file)) {
    // Files that were put one behind the other have a mark in front of each.
    yield (last + piece).replace(/(?<=[\r\n])\uFEFF/g, '').slice(1);
    last = piece.at(-1) ?? last;
  }
}

async function* decoded(file: TextFile): AsyncGenerator<string> {
  const encoding = file.encoding ?? encodingOf(await peek(file));
  const decoder = new TextDecoder(encoding, { fatal: true });
  try {
    for await (const bytes of readBytes(file)) yield decoder.decode(bytes, { stream: true });
    yield decoder.decode();
  } catch (error) {
    if (codeOfError(error) !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error;
    throw notInEncoding(file, encoding);
  }
}

function notInEncoding({ name, hasOption }: Pick<TextFile, 'name' | 'hasOption'>, encoding: string): UserError {
  const is = `${name} is not ${encoding.toUpperCase()} text: save it as UTF-8`;
  if (encoding !== 'utf-8' || hasOption === false) return new UserError(`${is}.`, 2);
  const convert = `iconv -f windows-1252 -t utf-8 ${shellWord(name)}`;
  return new UserError(`${is}, or say --encoding windows-1252 if it comes from Windows (as ${convert} would).`, 2);
}

/** A text that is whole in memory, as {@link readText} reads a file. @throws UserError likewise */
export function textOf(name: string, bytes: Buffer): string {
  const encoding = encodingOf(bytes.subarray(0, 4_096));
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw notInEncoding({ name, hasOption: false }, encoding);
  }
}

/** The beginning of a file's text: at most so many characters, and fewer only if it has no more. */
export async function headOf(text: AsyncIterable<string>, characters: number): Promise<string> {
  let head = '';
  for await (const piece of text) {
    head += piece;
    if (head.length >= characters) break;
  }
  return head.slice(0, characters);
}

/** True for a file that is not text. @throws UserError for a file that it knows, with the way to one that can be read */
export async function looksBinary(file: TextFile): Promise<boolean> {
  const start = await peek(file);
  return start.includes(0) && encodingOf(start) === 'utf-8';
}

function encodingOf(start: Buffer): string {
  const marked = UTF_16[start.subarray(0, 2).toString('hex')];
  if (marked !== undefined) return marked;
  // Text of one alphabet has a zero in every second byte.
  const [low, high] = [0, 1].map((first) => start.filter((byte, index) => index % 2 === first && byte === 0).length);
  const most = start.length * 0.4;
  if ((high ?? 0) > most && low === 0) return 'utf-16le';
  return (low ?? 0) > most && high === 0 ? 'utf-16be' : 'utf-8';
}

/** True for an encoding that can be read. */
export function isEncoding(label: string): boolean {
  try {
    return new TextDecoder(label).encoding !== '';
  } catch {
    return false;
  }
}

/** A line of a text, without its end; `undefined` for a line that is too long. */
export type Line = string | undefined;

/** The longest line that is kept. */
export const MAX_LINE_CHARACTERS = 1024 * 1024;
/** What to say of a longer one. */
export const LINE_TOO_LONG = 'The line is longer than a line may be.';

const LINE_END = /\r\n|\n|\r/;

/** Splits a text that comes in pieces into lines. A line that is too long is skipped without being kept in memory. */
export async function* readLines(text: AsyncIterable<string>): AsyncGenerator<Line> {
  let rest = '';
  let isTooLong = false;
  for await (const piece of whole(text)) {
    const parts = piece.split(LINE_END);
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

/** Pieces none of which ends between the two characters of a line end. */
async function* whole(text: AsyncIterable<string>): AsyncGenerator<string> {
  let held = '';
  for await (const piece of text) {
    const all = held + piece;
    held = all.endsWith('\r') ? '\r' : '';
    yield held === '' ? all : all.slice(0, -1);
  }
  if (held !== '') yield held;
}

function toLine(text: string): Line {
  return text.length > MAX_LINE_CHARACTERS ? undefined : text;
}
