import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { z } from 'zod';
import { codeOfError } from '../../soar/error-code.js';
import { toSafeText } from '../../soar/errors.js';
import { UserError } from '../errors.js';
import type { InputReader, InputRow, Reading } from './row.js';
import type { ItemPlan, PerRowField } from './item-plan.js';
import { PER_ROW_FIELDS, readItem } from './item-plan.js';

/** Delimited text with a header, and what it is called in a message. */
export interface Delimited {
  readonly name: string;
  readonly text: AsyncIterable<string>;
  readonly delimiter: ',' | '\t';
}

const MAX_RECORD_BYTES = 1024 * 1024;
const SHOWN_COLUMNS = 10;
const SHOWN_CHARACTERS = 40;
const recordSchema = z.array(z.string());

/**
 * Reads CSV or TSV with a header. Names of columns are compared without regard to case. A row that has not as
 * many values as the header is a row without an item.
 *
 * @throws UserError while reading: where a column is missing, and where quotes do not match
 */
export function delimitedReader(input: Delimited, plan: ItemPlan): InputReader {
  const columns: string[] = [];
  return { columns, rows: () => readRows(input, plan, columns) };
}

async function* readRows(input: Delimited, plan: ItemPlan, columns: string[]): AsyncGenerator<InputRow> {
  let places: Places | undefined;
  for await (const cells of readRecords(input)) {
    if (places) yield { cells: cells.slice(0, columns.length), reading: readCells(cells, columns, places, plan) };
    else {
      columns.push(...cells);
      places = findPlaces(input.name, columns, plan);
    }
  }
  if (!places) throw new UserError(`${input.name} is empty: it must have a header line${wantedColumn(plan)}.`, 2);
}

async function* readRecords({ name, text, delimiter }: Delimited): AsyncGenerator<string[]> {
  const parser = parse({
    bom: true,
    delimiter,
    max_record_size: MAX_RECORD_BYTES,
    relax_column_count: true,
    // Whoever writes TSV seldom quotes: an inch mark is an inch mark.
    relax_quotes: delimiter === '\t',
    skip_empty_lines: true,
    trim: true,
  });
  const source = Readable.from(text, { objectMode: false });
  source.once('error', (error) => parser.destroy(error));
  try {
    for await (const record of source.pipe(parser)) yield recordSchema.parse(record);
  } catch (error) {
    throw error instanceof CsvError ? new UserError(`${name} ${csvProblem(error)}.`, 2) : error;
  }
}

/** Where in a row the values that matter stand. */
interface Places {
  readonly indicator: number;
  readonly perRow: readonly (readonly [field: PerRowField, place: number])[];
}

function findPlaces(name: string, columns: readonly string[], plan: ItemPlan): Places {
  const perRow = PER_ROW_FIELDS.filter((field) => plan.perRow.includes(field));
  return {
    indicator: findColumn(name, columns, plan.column ?? plan.parameter),
    perRow: perRow.map((field) => [field, findColumn(name, columns, field)]),
  };
}

function findColumn(name: string, columns: readonly string[], wanted: string): number {
  const isWanted = (column: string): boolean => column.toLowerCase() === wanted.toLowerCase();
  const found = columns.filter(isWanted).length;
  if (found === 1) return columns.findIndex(isWanted);
  if (found > 1) throw new UserError(`${name} has ${found} columns "${wanted}"; it must have one.`, 2);
  const shown = columns.slice(0, SHOWN_COLUMNS).map((column) => `"${toSafeText(column, SHOWN_CHARACTERS)}"`);
  const more = columns.length > SHOWN_COLUMNS ? ` and ${columns.length - SHOWN_COLUMNS} more` : '';
  throw new UserError(`${name} has no column "${wanted}"; its columns are ${shown.join(', ')}${more}.`, 2);
}

function readCells(cells: readonly string[], columns: readonly string[], places: Places, plan: ItemPlan): Reading {
  if (cells.length !== columns.length)
    return { problem: `The row has not as many values as the header: ${cells.length} instead of ${columns.length}.` };
  const indicator = cells[places.indicator] ?? '';
  if (indicator === '') return { problem: `The row has no value in column "${columns[places.indicator] ?? ''}".` };
  const perRow = Object.fromEntries(places.perRow.map(([field, place]) => [field, cells[place]]));
  return readItem({ [plan.parameter]: indicator }, plan, perRow);
}

function wantedColumn({ column, parameter }: ItemPlan): string {
  return ` with a column "${column ?? parameter}"`;
}

/** By the parser's codes: its own texts repeat what stands in the file. */
const CSV_PROBLEMS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened and never closed',
  INVALID_OPENING_QUOTE: 'a quote stands in the middle of a value',
  CSV_INVALID_CLOSING_QUOTE: 'a quoted value goes on after its closing quote',
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: 'a quoted value goes on after its closing quote',
  CSV_MAX_RECORD_SIZE: `a row is larger than ${MAX_RECORD_BYTES / 1024 / 1024} MiB; perhaps a quote is opened and never closed`,
};

function csvProblem(error: CsvError): string {
  const code = codeOfError(error);
  return `cannot be read: ${CSV_PROBLEMS[code] ?? code} (line ${String(error['lines'])})`;
}
