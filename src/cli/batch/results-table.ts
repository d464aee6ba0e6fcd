import Table from 'cli-table3';
import pc from 'picocolors';
import { toSafeText } from '../../soar/errors.js';
import type { ItemRow } from './item-row.js';

const SHOWN_ROWS = 12;
const SHOWN_FAILURES = 8;

/** The first rows, then the ones that failed; all of them are in the file. */
export function resultsTable(names: readonly string[], rows: readonly ItemRow[]): string {
  const numbered = rows.map((row, index) => ({ name: names[index] ?? '', row }));
  const first = numbered.slice(0, SHOWN_ROWS);
  const failed = numbered.slice(SHOWN_ROWS).filter(({ row }) => row.status !== 'success');
  const table = new Table({
    head: ['ip', 'status', 'message'],
    style: { head: [], border: [], compact: true },
    colWidths: [42, 11, 60],
  });
  table.push(...[...first, ...failed.slice(0, SHOWN_FAILURES)].map(({ name, row }) => cells(name, row)));
  const hidden = rows.length - table.length;
  return hidden > 0 ? `${table.toString()}\n… and ${hidden} more` : table.toString();
}

/** The file's and SOAR's texts are untrusted: nothing in them may steer the terminal. */
function cells(name: string, { status, message }: ItemRow): string[] {
  const shownStatus = toSafeText(status, 40);
  return [
    toSafeText(name, 60),
    status === 'success' ? pc.green(shownStatus) : pc.red(shownStatus),
    toSafeText(message, 160),
  ];
}
