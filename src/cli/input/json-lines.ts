import { z } from 'zod';
import { isDeeperThan, MAX_INPUT_DEPTH } from '../../model/json.js';
import { indicatorColumn, PER_ROW_FIELDS, readItem, toText } from './row.js';
import type { ColumnMapping, InputReader, InputRow, Reading } from './row.js';
import { LINE_TOO_LONG, readLines } from './text.js';
import type { Line } from './text.js';

/** The problem of a line that cannot be parsed. */
export const NOT_JSON = 'The line is not JSON.';
const TOO_DEEP = `The line must not be nested deeper than ${MAX_INPUT_DEPTH} levels.`;
const INEXACT = 'A number in the line is so large that it would become another one: write it as text, in quotes.';

/**
 * Reads lines of JSON. A line is an object, which is a parameter set, or a text, which is the indicator. If the mapping names a
 * column, that field of an object is the indicator, and its other fields go to the results only.
 */
export function jsonLinesReader(text: AsyncIterable<string>, mapping: ColumnMapping): InputReader {
  const columns = new Columns();
  return { columns: columns.names, rows: () => readRows(text, mapping, columns) };
}

async function* readRows(
  text: AsyncIterable<string>,
  mapping: ColumnMapping,
  columns: Columns,
): AsyncGenerator<InputRow> {
  for await (const line of readLines(text)) {
    const json = line?.replace(/^\uFEFF/, '').trim();
    if (json !== '') yield readRow(json, mapping, columns);
  }
}

const objectSchema = z.record(z.string(), z.unknown());

function readRow(json: Line, mapping: ColumnMapping, columns: Columns): InputRow {
  const parsed = parse(json);
  if ('problem' in parsed) return { cells: [], reading: parsed };
  const { value } = parsed;
  const fields = typeof value === 'string' ? { [indicatorColumn(mapping)]: value } : objectSchema.safeParse(value).data;
  if (!fields) return { cells: [], reading: { problem: 'The line is neither an object nor a text.' } };
  return { cells: columns.cellsOf(fields), reading: readFields(fields, mapping) };
}

function parse(json: Line): { value: unknown } | { problem: string } {
  if (json === undefined) return { problem: LINE_TOO_LONG };
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return { problem: NOT_JSON };
  }
  if (isDeeperThan(value, MAX_INPUT_DEPTH)) return { problem: TOO_DEEP };
  return hasInexactNumber(value) ? { problem: INEXACT } : { value };
}

/** Rounding would make one item of two ids that differ in the last digit. */
function hasInexactNumber(value: unknown): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasInexactNumber);
}

function readFields(fields: Record<string, unknown>, mapping: ColumnMapping): Reading {
  const column = indicatorColumn(mapping);
  const indicator = fields[column];
  const own = Object.entries(fields).filter(([name]) => !mapping.perRow.some((field) => field === name));
  const needsIndicator = mapping.column !== undefined || column in fields;
  if (needsIndicator ? toText(indicator).trim() === '' : own.length === 0)
    return { problem: `The line has no value in "${column}".` };
  const parameters = mapping.column === undefined ? Object.fromEntries(own) : { [mapping.parameter]: indicator };
  const perRow = Object.fromEntries(PER_ROW_FIELDS.map((field) => [field, fields[field]]));
  return readItem(parameters, mapping, perRow);
}

/** Fields beyond these have no column in the results: each line could bring new ones. */
const MAX_COLUMNS = 500;

/** The names of fields so far, and a row's values in their order. */
class Columns {
  readonly names: string[] = [];
  readonly #indices = new Map<string, number>();

  cellsOf(fields: Record<string, unknown>): string[] {
    const cells: string[] = [];
    for (const [name, value] of Object.entries(fields)) {
      const index = this.#indexOf(name);
      if (index !== undefined) cells[index] = toText(value);
    }
    return Array.from(cells, (cell: string | undefined) => cell ?? '');
  }

  #indexOf(name: string): number | undefined {
    const known = this.#indices.get(name);
    if (known !== undefined || this.names.length >= MAX_COLUMNS) return known;
    this.#indices.set(name, this.names.length);
    return this.names.push(name) - 1;
  }
}
