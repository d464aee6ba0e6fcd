import { stringify } from 'csv-stringify/sync';
import type { Options } from 'csv-stringify/sync';
import { inPages } from '../job/async.js';
import { columnNames, tableCells } from './table-columns.js';
import type { JobRows } from './rows.js';

const PAGE_ROWS = 500;
const NEGATIVE_NUMBER = /^-\d+(\.\d+)?$/;
// A cell that starts like a formula would run in a spreadsheet: SOAR's texts are untrusted. A latitude is none.
const OPTIONS: Options = {
  escape_formulas: true,
  cast: { string: (value) => (NEGATIVE_NUMBER.test(value) ? { value, escape_formulas: false } : value) },
};

/** The rows as CSV, in pieces: the input's columns, then what became of each row. */
export async function* csvText(rows: JobRows, fields: readonly string[]): AsyncGenerator<string> {
  yield stringify([columnNames(rows.columns, fields)], OPTIONS);
  for await (const page of inPages(rows.all(), PAGE_ROWS)) {
    yield stringify(
      page.map((row) => tableCells(row, fields)),
      OPTIONS,
    );
  }
}
