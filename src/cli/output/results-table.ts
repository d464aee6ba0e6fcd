import Table from 'cli-table3';
import pc from 'picocolors';
import { toSafeText } from '../../soar/errors.js';
import type { RowStatus } from '../job/item-row.js';
import type { OutputRow } from './rows.js';
import type { Summary } from './summary.js';

const COLOURS: Readonly<Record<RowStatus, (text: string) => string>> = {
  success: pc.green,
  reused: pc.cyan,
  failed: pc.red,
  cancelled: pc.gray,
  invalid: pc.yellow,
};

/**
 * The first rows, then the first of those that have no result; all of them are in the files.
 *
 * @param place the column that tells the rows apart
 */
export function resultsTable({ rows, shown }: Summary, columns: readonly string[], place: number): string {
  const table = new Table({
    head: [toSafeText(columns[place] ?? '', 40), 'status', 'message'],
    style: { head: [], border: [], compact: true },
    colWidths: [42, 11, 60],
  });
  table.push(...shown.map((row) => cells(row, place)));
  const hidden = rows - shown.length;
  return hidden > 0 ? `${table.toString()}\n… and ${hidden} more` : table.toString();
}

/** The file's and SOAR's texts are untrusted: nothing in them may steer the terminal. */
function cells({ number, cells, status, message }: OutputRow, place: number): string[] {
  const name = toSafeText(cells[place] ?? '', 60);
  return [name === '' ? `row ${number}` : name, COLOURS[status](status), toSafeText(message, 160)];
}
