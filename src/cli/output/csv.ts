import { stringify } from 'csv-stringify/sync';
import type { Options } from 'csv-stringify/sync';
import { inPages } from '../job/async.js';
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
    cellOf: ({ cells }) => cells[index] ?? '',
  }));
  const add = (wanted: string, column: Omit<TableColumn, 'name'>): void => {
    let name = wanted;
    while (columns.some((other) => other.name === name)) name = `result_${name}`;
    columns.push({ ...column, name });
  };
  for (const own of ['status', 'message'] as const) add(own, { own, cellOf: OWN_CELLS[own] });
  for (const field of fields) add(field, { cellOf: (row) => row.fields[field] ?? '' });
  for (const own of ['action_run_id', 'reused_from'] as const) add(own, { own, cellOf: OWN_CELLS[own] });
  return columns;
}

const PAGE_ROWS = 500;
const NEGATIVE_NUMBER = /^-\d+(\.\d+)?$/;
// SOAR's texts are untrusted, and a spreadsheet runs a cell that starts like a formula. A negative number is not one.
const OPTIONS: Options = {
  escape_formulas: true,
  cast: { string: (value) => (NEGATIVE_NUMBER.test(value) ? { value, escape_formulas: false } : value) },
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
