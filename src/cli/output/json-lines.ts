import type { OutputRow } from './rows.js';

/** Turns rows into lines of JSON; of two columns with one name the last counts. */
export function jsonLines(rows: readonly OutputRow[], columns: readonly string[]): string {
  return rows.map((row) => `${JSON.stringify(toJson(row, columns))}\n`).join('');
}

function toJson(
  { number, cells, status, message, fields, actionRunId, reusedFrom }: OutputRow,
  columns: readonly string[],
) {
  const input = Object.fromEntries(columns.map((name, place) => [name, cells[place] ?? '']));
  return { row: number, input, status, message, result: fields, action_run_id: actionRunId, reused_from: reusedFrom };
}
