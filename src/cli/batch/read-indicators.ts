import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { CsvError, parse } from 'csv-parse';
import { z } from 'zod';
import { codeOfError } from '../../soar/error-code.js';
import { toSafeText } from '../../soar/errors.js';
import { messageOf, Problem } from '../problem.js';

/** A CSV of indicators as read. */
export interface Indicators {
  /** The header; the column of addresses is always called `ip`. Other names may be empty, or stand there twice. */
  readonly columns: readonly string[];
  /** Every row's cells, in the order of `columns`. */
  readonly rows: readonly (readonly string[])[];
  /** Every row's address, as it stands there. */
  readonly addresses: readonly string[];
}

const INDICATOR_COLUMN = 'ip';
const MAX_FILE_BYTES = 64 * 1024 * 1024;
const SHOWN_COLUMNS = 10;
const SHOWN_CHARACTERS = 40;
const rowSchema = z.record(z.string(), z.string());

/**
 * Reads a CSV file in UTF-8 with a header and one column `ip`, in any case.
 *
 * @throws Problem that says in one sentence what is wrong with the file
 */
export async function readIndicators(file: string): Promise<Indicators> {
  await checkFile(file);
  const { columns, rows } = await readTable(file);
  if (columns.length === 0)
    throw new Problem(`${file} is empty: it must have a header line with a column "${INDICATOR_COLUMN}".`);
  if (rows.length === 0) throw new Problem(`${file} has a header but no rows.`);
  const place = columns.indexOf(INDICATOR_COLUMN);
  return { columns, rows, addresses: rows.map((cells) => cells[place] ?? '') };
}

async function readTable(file: string): Promise<Pick<Indicators, 'columns' | 'rows'>> {
  const rows: string[][] = [];
  let columns: string[] = [];
  const readColumns = (header: string[]): string[] => {
    columns = readHeader(file, header);
    // By place and not by name: of two columns with one name the parser would keep only the last.
    return columns.map((_, place) => String(place));
  };
  const parser = parse({ bom: true, columns: readColumns, skip_empty_lines: true, trim: true });
  try {
    for await (const row of createReadStream(file).pipe(parser)) rows.push(Object.values(rowSchema.parse(row)));
  } catch (error) {
    throw error instanceof Problem ? error : new Problem(readingProblem(file, error));
  }
  return { columns, rows };
}

async function checkFile(file: string): Promise<void> {
  const stats = await stat(file).catch((error: unknown) => {
    throw new Problem(readingProblem(file, error));
  });
  if (!stats.isFile()) throw new Problem(`${file} is not a file.`);
  if (stats.size <= MAX_FILE_BYTES) return;
  const megabytes = Math.ceil(stats.size / 1024 / 1024);
  throw new Problem(
    `${file} is ${megabytes} MiB large; at most ${MAX_FILE_BYTES / 1024 / 1024} MiB are read: split it into several files.`,
  );
}

function readHeader(file: string, header: readonly string[]): string[] {
  const columns = header.map((name) =>
    name.trim().toLowerCase() === INDICATOR_COLUMN ? INDICATOR_COLUMN : name.trim(),
  );
  const found = columns.filter((name) => name === INDICATOR_COLUMN).length;
  if (found === 1) return columns;
  if (found > 1) throw new Problem(`${file} has ${found} columns "${INDICATOR_COLUMN}"; it must have one.`);
  const shown = columns.slice(0, SHOWN_COLUMNS).map((name) => `"${toSafeText(name, SHOWN_CHARACTERS)}"`);
  const more = columns.length > SHOWN_COLUMNS ? ` and ${columns.length - SHOWN_COLUMNS} more` : '';
  throw new Problem(`${file} has no column "${INDICATOR_COLUMN}"; its columns are ${shown.join(', ')}${more}.`);
}

const READING_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read by this user',
  EISDIR: 'is a folder, not a file',
};

/** By the parser's codes: its own texts repeat what stands in the file. */
const CSV_PROBLEMS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened and never closed',
  INVALID_OPENING_QUOTE: 'a quote stands in the middle of a value',
  CSV_INVALID_CLOSING_QUOTE: 'a quoted value goes on after its closing quote',
  CSV_RECORD_INCONSISTENT_COLUMNS: 'a row has not as many values as the header',
};

function readingProblem(file: string, error: unknown): string {
  const code = codeOfError(error);
  if (error instanceof CsvError) {
    return `${file} is not a CSV file: ${CSV_PROBLEMS[code] ?? code} (line ${String(error['lines'])}).`;
  }
  return `${file} ${READING_PROBLEMS[code] ?? `cannot be read: ${messageOf(error)}`}.`;
}
