import { stringify } from 'csv-stringify/sync';
import type { Options } from 'csv-stringify/sync';
import { withoutControls } from '../../model/text.js';
import { cellText } from '../input/row.js';
import { inPages } from '../job/in-parallel.js';
import type { JobRows, OutputRow } from './rows.js';

const OWN_CELLS = {
  status: ({ status }: OutputRow) => status,
  message: ({ message }: OutputRow) => message,
  action_run_id: ({ actionRunId }: OutputRow) => actionRunId ?? '',
  reused_from: ({ reusedFrom }: OutputRow) => reusedFrom ?? '',
} as const;

/** A column of the results, in CSV and in the report. */
export interface TableColumn {
  readonly name: string;
  /** The column of ours that it is. The name alone does not tell: the input or a result can have a column of that name. */
  readonly own?: keyof typeof OWN_CELLS;
  readonly cellOf: (row: OutputRow) => string | number;
}

/**
 * The columns of the results: the input's, then ours around the results' fields. If a name is taken already, as in results that
 * are enriched once more, `result_` is put before it.
 */
export function tableColumns(inputColumns: readonly string[], fields: readonly string[]): TableColumn[] {
  const columns: TableColumn[] = inputColumns.map((name, index) => ({
    name,
    cellOf: ({ cells }) => cellText(cells[index] ?? ''),
  }));
  const add = (wanted: string, column: Omit<TableColumn, 'name'>): void => {
    let name = wanted;
    while (columns.some((other) => other.name === name)) name = `result_${name}`;
    columns.push({ ...column, name });
  };
  for (const own of ['status', 'message'] as const) add(own, { own, cellOf: OWN_CELLS[own] });
  for (const field of fields) add(field, { cellOf: (row) => fieldOf(row, field) });
  for (const own of ['action_run_id', 'reused_from'] as const) add(own, { own, cellOf: OWN_CELLS[own] });
  return columns;
}

/** A result can have a field of any name, also of one that every object has. */
function fieldOf({ fields }: OutputRow, name: string): string {
  return Object.hasOwn(fields, name) ? (fields[name] ?? '') : '';
}

/**
 * What spreadsheets take for the beginning of a formula, with what they drop or split at before it. A negative number is none.
 * A run of such marks is tried from its beginning alone: a long one would take forever.
 */
const FORMULA =
  /(?<![;\s\p{Cf}\p{Cc}"])([;\s\p{Cf}\p{Cc}"]*)([=+@\uff1d\uff0b\uff0d\uff20]|-(?!\d+(?:\.\d+)?(?:$|[;\t\r\n])))/gu;

/** The text as no spreadsheet runs it. */
export function withoutFormula(text: string): string {
  return text.replace(FORMULA, (match, before: string, sign: string, at: number) => {
    const start = cellStart(before, at === 0);
    return start === -1 ? match : `${before.slice(0, start)}'${before.slice(start)}${sign}`;
  });
}

/** Where a cell begins among marks: one that splits at other marks than we do, as `;`, finds a cell inside ours. */
function cellStart(marks: string, areFirst: boolean): number {
  const behindSemicolon = marks.lastIndexOf(';') + 1;
  if (behindSemicolon > 0 || areFirst) return behindSemicolon;
  const split = marks.search(/[\t\r\n]/);
  return split === -1 ? -1 : split + 1;
}

const PAGE_ROWS = 500;
// The texts are untrusted. A cell that was changed is quoted, so that its mark is not taken for a part of another cell.
const OPTIONS: Options = {
  cast: {
    string: (value) => {
      const safe = withoutControls(withoutFormula(value));
      return safe === value ? value : { value: safe, quoted: true };
    },
  },
};

/** The rows as CSV, in pieces. */
export async function* csvText(rows: JobRows, columns: readonly TableColumn[]): AsyncGenerator<string> {
  yield stringify([columns.map(({ name }) => name)], OPTIONS);
  for await (const page of inPages(rows(), PAGE_ROWS)) {
    yield stringify(
      page.map((row) => columns.map(({ cellOf }) => cellOf(row))),
      OPTIONS,
    );
  }
}
