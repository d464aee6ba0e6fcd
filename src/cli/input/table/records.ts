import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import type { Options } from 'csv-parse';
import { z } from 'zod';
import { codeOfError } from '../../../soar/soar-error.js';
import { UserError } from '../../errors.js';
import { readLines } from '../text.js';
import { valuesBetweenBlanks } from './shape.js';
import type { Shape } from './shape.js';

const MAX_RECORD_BYTES = 1024 * 1024;
const recordSchema = z.array(z.string());
const rawRecordSchema = z.object({ record: recordSchema, raw: z.string(), info: z.object({ comment_lines: z.int() }) });

/** A table's text, and how it is written. */
export interface WrittenTable {
  /** What messages call it. */
  readonly name: string;
  readonly text: AsyncIterable<string>;
  readonly shape: Shape;
}

/** A row of a table, or a comment among them. */
export type TableLine = { readonly cells: string[] } | { readonly comment: string };

/** The rows and comments of a table. @throws UserError if its quotes do not match */
export function readRecords({ name, text, shape }: WrittenTable): AsyncGenerator<TableLine> {
  const table = withoutLines(text, shape.skippedLines);
  return shape.delimiter === 'blanks' ? readAligned(table, shape) : readDelimited(name, table, shape);
}

async function* readAligned(table: AsyncIterable<string>, { isBare }: Shape): AsyncGenerator<TableLine> {
  for await (const line of readLines(table))
    if (line !== undefined && /^\s*#/.test(line)) yield { comment: line };
    else if (line !== undefined && line.trim() !== '')
      yield { cells: isBare ? line.trim().split(/\s+/) : valuesBetweenBlanks(line) };
}

async function* readDelimited(name: string, table: AsyncIterable<string>, shape: Shape): AsyncGenerator<TableLine> {
  const parser = parse(optionsFor(shape));
  const source = Readable.from(table, { objectMode: false });
  source.once('error', (error) => parser.destroy(error));
  let comments = 0;
  try {
    for await (const each of source.pipe(parser)) {
      if (!shape.hasComments) {
        yield { cells: recordSchema.parse(each) };
        continue;
      }
      const { record, raw, info } = rawRecordSchema.parse(each);
      yield* commentsBefore(raw, info.comment_lines - comments);
      comments = info.comment_lines;
      yield { cells: record };
    }
    for (; comments < parser.info.comment_lines; comments += 1) yield { comment: '' };
  } catch (error) {
    throw error instanceof CsvError ? cannotBeRead(name, error, shape.skippedLines) : error;
  }
}

/** The parser gives the text of comments with that of the record behind them. */
function commentsBefore(raw: string, count: number): TableLine[] {
  if (count === 0) return [];
  const lines = raw.split(/\r\n|\n|\r/).filter((line) => line.trim() !== '');
  return lines.slice(0, count).map((comment) => ({ comment }));
}

function optionsFor({ delimiter, isBare, hasComments }: Shape): Options {
  return {
    bom: true,
    delimiter,
    max_record_size: MAX_RECORD_BYTES,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    // A quote in the middle of a value is usually an inch mark.
    relax_quotes: true,
    skip_empty_lines: true,
    // Blanks may stand before a quote. Where a tab divides the values it is no blank.
    trim: delimiter !== '\t',
    ...(isBare ? { quote: null } : {}),
    ...(hasComments ? { comment: '#', comment_no_infix: true, raw: true, info: true } : {}),
  };
}

function cannotBeRead(name: string, error: CsvError, linesBefore: number): UserError {
  const code = codeOfError(error);
  const reason = PARSER_ERRORS.get(code) ?? code;
  const line = Number(error['lines']) + linesBefore;
  return new UserError(
    `${name} cannot be read: ${reason} (line ${line}). Say --no-quotes if its quotes mean nothing.`,
    2,
  );
}

/** The parser's own messages repeat the file's content. */
const PARSER_ERRORS: ReadonlyMap<string, string> = new Map([
  ['CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE', 'a quoted value goes on after its closing quote'],
  ['CSV_QUOTE_NOT_CLOSED', 'a quote is opened and never closed'],
  [
    'CSV_MAX_RECORD_SIZE',
    `a row is larger than ${MAX_RECORD_BYTES / 1024 / 1024} MiB; perhaps a quote is opened and never closed`,
  ],
]);

/** A text without its first lines. */
async function* withoutLines(text: AsyncIterable<string>, count: number): AsyncGenerator<string> {
  let left = count;
  let held = '';
  for await (const piece of text) {
    if (left === 0) {
      yield piece;
      continue;
    }
    held += piece;
    for (let end = lineEnd(held); left > 0 && end > 0; end = lineEnd(held)) {
      held = held.slice(end);
      left -= 1;
    }
    if (left > 0) continue;
    yield held;
    held = '';
  }
  if (left === 0) yield held;
}

/** Where the first line of a text ends, its end included; 0 if that cannot be told yet. */
function lineEnd(text: string): number {
  const match = /\r\n|\n|\r(?=[^])/.exec(text);
  return match ? match.index + match[0].length : 0;
}
