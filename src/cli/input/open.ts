import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { codeOfError } from '../../soar/soar-error.js';
import { messageOf, UserError } from '../errors.js';
import { shellWord } from '../../model/text.js';
import { nameOfValue } from './indicator/kinds.js';
import type { IndicatorKind } from './indicator/kinds.js';
import { readIndicator } from './indicator/spelling.js';
import { interpreted } from './interpret.js';
import { jsonSource } from './json/source.js';
import { indicatorColumn, trimmed } from './row.js';
import type { InputNotes, InputReader, ReadingRequest, RowSource, SourceRow } from './row.js';
import { delimitedSource } from './table/delimited.js';
import { isPlace } from './table/first-line.js';
import { cellsOf, shapeOf } from './table/shape.js';
import { headOf, looksBinary, MAX_LINE_CHARACTERS, readText, LINE_TOO_LONG, readLines } from './text.js';

/** An input on disk: a file of the caller's, or a copy of what came another way. */
export interface InputFile {
  /** What messages call it. */
  readonly name: string;
  readonly path: string;
  /** Absent: its content tells. */
  readonly format?: InputFormat | undefined;
}

/** The reader for the file. @throws UserError if nobody can read it */
export async function openInput(file: InputFile, request: ReadingRequest): Promise<InputReader> {
  const notes: InputNotes = { changes: new Map(), remarks: [] };
  const text = (): AsyncGenerator<string> => readText({ ...file, encoding: request.rules.encoding });
  const head = await headOf(text(), MAX_LINE_CHARACTERS);
  const format = file.format ?? formatByContent(head, request);
  const source = sourceOf({ ...file, head, text }, format, request, notes);
  return interpreted(file.name, source, request, notes);
}

interface OpenFile {
  readonly name: string;
  readonly head: string;
  readonly text: () => AsyncGenerator<string>;
}

function sourceOf(file: OpenFile, format: InputFormat, request: ReadingRequest, notes: InputNotes): RowSource {
  const { name, head, text } = file;
  if (/^\s*<(?:\?xml|!doctype|[a-z][\w:]*[\s>])/i.test(head)) throw noXml(name, request.facts.kinds);
  if (format === 'json' || format === 'jsonl')
    return jsonSource({ ...file, isLines: format === 'jsonl' }, request, notes);
  if (format === 'list') return listSource(file, request);
  return delimitedSource({ name, head, text: text(), usual: format === 'tsv' ? '\t' : ',' }, request, notes);
}

const NAME = '([A-Za-z0-9-]+\\.)+[A-Za-z]{2,}';
const DIGITS = { md5: '{32}', sha1: '{40}', sha256: '{64}', sha512: '{128}', hash: '{32,128}' } as const;

/** What finds the indicators of a kind in any text. */
function grepFor(kind: IndicatorKind): string {
  if (kind === 'ip') return '([0-9]{1,3}\\.){3}[0-9]{1,3}';
  if (kind === 'url') return 'https?://[^[:space:]<>"]+';
  if (kind === 'email') return `[[:alnum:]._%+-]+@${NAME}`;
  return kind === 'domain' || kind === 'host name' ? NAME : `\\b[0-9A-Fa-f]${DIGITS[kind]}\\b`;
}

function noXml(name: string, kinds: readonly IndicatorKind[]): UserError {
  const file = shellWord(name);
  const toJson = `yq -p xml -o json ${file} > rows.json`;
  const [grep] = kinds.map(grepFor);
  const toList = grep === undefined ? '' : `; or take its indicators: grep -oE '${grep}' ${file} > list.txt`;
  return new UserError(`${name} is XML or HTML, which is not read. Convert it: ${toJson}${toList}.`, 2);
}

const READING_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read by this user',
};

/** Refuses a file that cannot be an input, before anything is started. @throws UserError that says why in one sentence */
export async function checkInput({ name, path }: Pick<InputFile, 'name' | 'path'>): Promise<void> {
  try {
    if (!(await stat(path)).isFile()) throw new UserError(`${name} is not a file.`, 2);
    if (await looksBinary({ name, path })) throw new UserError(`${name} is not a text file.`, 2);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const code = codeOfError(error);
    const reason = Object.hasOwn(READING_ERRORS, code) ? READING_ERRORS[code] : `cannot be read: ${messageOf(error)}`;
    throw new UserError(`${name} ${reason ?? ''}.`, 2);
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

/** The formats of an input. */
export type InputFormat = 'csv' | 'tsv' | 'json' | 'jsonl' | 'list';

const BY_EXTENSION: ReadonlyMap<string, InputFormat> = new Map([
  ['.csv', 'csv'],
  ['.tsv', 'tsv'],
  ['.tab', 'tsv'],
  ['.json', 'json'],
  ['.jsonl', 'jsonl'],
  ['.ndjson', 'jsonl'],
]);

/** The format of a file by its name; `undefined` if its content has to tell. */
export function formatOf(file: string): InputFormat | undefined {
  return BY_EXTENSION.get(extname(file.toLowerCase().replace(/\.(?:gz|zst)$/, '')));
}

const JSON_START = /^(?:\{\s*["}]|\[\s*(?:[{["\]]|-?\d+(?:\.\d+)?\s*[,\]]|true|false|null))/;

/** The format of a text whose name tells nothing: a list, unless it clearly is something else. */
function formatByContent(head: string, { mapping, rules }: ReadingRequest): InputFormat {
  if (rules.rows !== undefined || JSON_START.test(trimmed(head.slice(0, 1_000)))) return 'json';
  if (isMostlyObjects(head)) return 'jsonl';
  const isSaid = rules.delimiter !== undefined || rules.noHeader === true || rules.hasHeader === true;
  return isSaid || isTable(head, indicatorColumn(mapping)) ? 'csv' : 'list';
}

/** True for lines of JSON that have others before or among them, as a banner. */
function isMostlyObjects(head: string): boolean {
  const lines = head.split(/\r\n|\n|\r/, 200).filter((line) => !isComment(line));
  return lines.filter((line) => /^\s*\{\s*".*\}\s*$/.test(line)).length * 2 > lines.length;
}

const isComment = (line: string): boolean => trimmed(line) === '' || /^\s*(?:#|;|\/\/)/.test(line);

/** True for a text whose columns have the wanted one, or names and as many values in several lines. */
function isTable(head: string, wanted: string): boolean {
  if (isPlace(wanted)) return true;
  const { delimiter, header, firstLine } = shapeOf(head.replace(/^;.*$/gm, ''), { wanted });
  if (firstLine === 'named') return true;
  const lines = head
    .split(/\r\n|\n|\r/, 200)
    .filter((line) => !isComment(line))
    .slice(0, 10);
  const [first = 0, ...others] = lines.map((line) => cellsOf(line, delimiter).length);
  const width = header?.length ?? first;
  const isRegular = width > 1 && [first, ...others].every((count) => count === width) && others.length > 0;
  return firstLine === 'likely' && delimiter !== 'blanks' && isRegular;
}

/** The marks of a comment, at the beginning of a line, and behind its only word. */
const COMMENT_LINE = /^(?:#|;|\/\/)/;
const COMMENT_END = /^(\S+)\s+(?:#|;|\/\/)/;

/** Reads a plain list: an indicator a line, or several. Empty lines and comments are not rows. */
function listSource({ name, text }: OpenFile, { mapping, rules, facts }: ReadingRequest): RowSource {
  if (mapping.column !== undefined) throw noColumns(name);
  const column = indicatorColumn(mapping);
  const withoutComment = (line: string): string => (rules.literal ? line : beforeComment(line, facts.kinds));
  return { columns: [column], isTable: true, rows: () => readRows(text(), column, withoutComment) };
}

function noColumns(name: string): UserError {
  const ways = 'leave --column out; if it is a table, say --format csv, or its --delimiter';
  return new UserError(`${name} is read as a list of lines, which has no columns: ${ways}.`, 2);
}

/** In a line of words, as a log has, such a mark is no comment. */
function beforeComment(line: string, kinds: readonly IndicatorKind[]): string {
  const [, word = ''] = COMMENT_END.exec(line) ?? [];
  const isKnown = word !== '' && (readIndicator(word, kinds) !== undefined || nameOfValue(word) !== undefined);
  return isKnown ? word : kinds.length > 0 ? line : line.replace(/\s(?:#|;|\/\/).*$/, '');
}

async function* readRows(
  text: AsyncIterable<string>,
  column: string,
  withoutComment: (line: string) => string,
): AsyncGenerator<SourceRow> {
  for await (const full of readLines(text)) {
    const line = full === undefined ? undefined : trimmed(full);
    if (line === undefined) yield { cells: [''], valueOf: () => undefined, problem: LINE_TOO_LONG };
    else if (line !== '' && !COMMENT_LINE.test(line)) {
      const value = trimmed(withoutComment(line));
      yield { cells: [line], valueOf: (name) => (name === column ? value : undefined), isLine: true };
    }
  }
}
