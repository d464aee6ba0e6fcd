import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { parse } from 'csv-parse';
import { CsvError } from 'csv-parse';
import { z } from 'zod';
import { messageOf, Problem } from '../problem.js';

/** One row of the input: its own columns by name. */
export type InputRow = Readonly<Record<string, string>>;

/** A CSV of indicators as read. */
export interface Indicators {
  readonly columns: readonly string[];
  readonly rows: readonly InputRow[];
}

/** The column that has the address. */
export const INDICATOR_COLUMN = 'ip';

const MAX_FILE_BYTES = 64 * 1024 * 1024;
const rowsSchema = z.record(z.string(), z.string());

/**
 * Reads a CSV file with a header and a column `ip`.
 *
 * @throws Problem that says in one sentence what is wrong with the file
 */
export async function readIndicators(file: string): Promise<Indicators> {
  await checkFile(file);
  const rows: InputRow[] = [];
  let columns: string[] = [];
  const options = {
    bom: true,
    columns: (header: string[]) => (columns = readHeader(file, header)),
    skip_empty_lines: true,
    trim: true,
  };
  try {
    for await (const row of createReadStream(file).pipe(parse(options))) rows.push(rowsSchema.parse(row));
  } catch (error) {
    throw error instanceof Problem ? error : new Problem(readingProblem(file, error));
  }
  if (columns.length === 0)
    throw new Problem(`${file} is empty: it must have a header line with a column "${INDICATOR_COLUMN}".`);
  if (rows.length === 0) throw new Problem(`${file} has a header but no rows.`);
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

function readHeader(file: string, header: string[]): string[] {
  if (!header.some((name) => name.trim().toLowerCase() === INDICATOR_COLUMN)) {
    const found = header.map((name) => JSON.stringify(name.slice(0, 40))).slice(0, 10);
    throw new Problem(`${file} has no column "${INDICATOR_COLUMN}"; its columns are ${found.join(', ')}.`);
  }
  return header.map((name) => (name.trim().toLowerCase() === INDICATOR_COLUMN ? INDICATOR_COLUMN : name.trim()));
}

const READING_PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read by this user',
  EISDIR: 'is a folder, not a file',
};

function readingProblem(file: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (error instanceof CsvError) return `${file} is not a CSV file: ${error.message}`;
  return `${file} ${READING_PROBLEMS[code] ?? `cannot be read: ${messageOf(error)}`}.`;
}
