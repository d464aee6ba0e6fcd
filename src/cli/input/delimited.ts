import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { z } from 'zod';
import { codeOfError } from '../../soar/errors.js';
import { toSafeText } from '../../soar/errors.js';
import { UserError } from '../errors.js';
import { indicatorColumn, readItem } from './row.js';
import type { ColumnMapping, InputReader, InputRow, PerRowField, Reading } from './row.js';

/** Delimited text with a header, and what messages call it. */
export interface Delimited {
  readonly name: string;
  readonly text: AsyncIterable<string>;
  readonly delimiter: ',' | '\t';
}

/**
 * Reads CSV or TSV with a header. Names of columns are compared without regard to case. A row that has not as many values as
 * the header is a row without an item.
 *
 * @throws UserError while reading, if a column is missing or quotes do not match
 */
export function delimitedReader(input: Delimited, mapping: ColumnMapping): InputReader {
  const columns: string[] = [];
  return { columns, rows: () => readRows(input, mapping, columns) };
}

/** The indices of the columns that become fields of an item. */
interface Indices {
  readonly indicator: number;
  readonly perRow: readonly (readonly [field: PerRowField, index: number])[];
}

async function* readRows(input: Delimited, mapping: ColumnMapping, columns: string[]): AsyncGenerator<InputRow> {
  let indices: Indices | undefined;
  for await (const cells of readRecords(input)) {
    if (indices) yield { cells: cells.slice(0, columns.length), reading: readCells(cells, columns, indices, mapping) };
    else {
      columns.push(...cells);
      indices = {
        indicator: findColumn(input.name, columns, indicatorColumn(mapping)),
        perRow: mapping.perRow.map((field) => [field, findColumn(input.name, columns, field)]),
      };
    }
  }
  if (indices) return;
  const wanted = `a header line with a column "${indicatorColumn(mapping)}"`;
  throw new UserError(`${input.name} is empty: it must have ${wanted}.`, 2);
}

const MAX_RECORD_BYTES = 1024 * 1024;
const recordSchema = z.array(z.string());

async function* readRecords({ name, text, delimiter }: Delimited): AsyncGenerator<string[]> {
  const parser = parse({
    bom: true,
    delimiter,
    max_record_size: MAX_RECORD_BYTES,
    relax_column_count: true,
    // TSV is seldom quoted: a quote in it is usually an inch mark.
    relax_quotes: delimiter === '\t',
    skip_empty_lines: true,
    trim: true,
  });
  const source = Readable.from(text, { objectMode: false });
  source.once('error', (error) => parser.destroy(error));
  try {
    for await (const record of source.pipe(parser)) yield recordSchema.parse(record);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const code = codeOfError(error);
    const reason = PARSER_ERRORS[code] ?? code;
    throw new UserError(`${name} cannot be read: ${reason} (line ${String(error['lines'])}).`, 2);
  }
}

/** The parser's own messages repeat the file's content. */
const PARSER_ERRORS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened and never closed',
  INVALID_OPENING_QUOTE: 'a quote stands in the middle of a value',
  CSV_INVALID_CLOSING_QUOTE: 'a quoted value goes on after its closing quote',
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: 'a quoted value goes on after its closing quote',
  CSV_MAX_RECORD_SIZE: `a row is larger than ${MAX_RECORD_BYTES / 1024 / 1024} MiB; perhaps a quote is opened and never closed`,
};

const SHOWN_COLUMNS = 10;
const SHOWN_CHARACTERS = 40;

function findColumn(name: string, columns: readonly string[], wanted: string): number {
  const isWanted = (column: string): boolean => column.toLowerCase() === wanted.toLowerCase();
  const found = columns.filter(isWanted).length;
  if (found === 1) return columns.findIndex(isWanted);
  if (found > 1) throw new UserError(`${name} has ${found} columns "${wanted}"; it must have one.`, 2);
  const shown = columns.slice(0, SHOWN_COLUMNS).map((column) => `"${toSafeText(column, SHOWN_CHARACTERS)}"`);
  const more = columns.length > SHOWN_COLUMNS ? ` and ${columns.length - SHOWN_COLUMNS} more` : '';
  throw new UserError(`${name} has no column "${wanted}"; its columns are ${shown.join(', ')}${more}.`, 2);
}

function readCells(
  cells: readonly string[],
  columns: readonly string[],
  indices: Indices,
  mapping: ColumnMapping,
): Reading {
  if (cells.length !== columns.length)
    return { problem: `The row has not as many values as the header: ${cells.length} instead of ${columns.length}.` };
  const indicator = cells[indices.indicator] ?? '';
  if (indicator === '') return { problem: `The row has no value in column "${columns[indices.indicator] ?? ''}".` };
  const perRow = Object.fromEntries(indices.perRow.map(([field, index]) => [field, cells[index]]));
  return readItem({ [mapping.parameter]: indicator }, mapping, perRow);
}
