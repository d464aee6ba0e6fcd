import type { OutputRow } from './rows.js';

/** Columns of ours in front of and behind the fields of the results. */
const OWN_COLUMNS = ['status', 'message'] as const;
const RUN_COLUMNS = ['action_run_id', 'reused_from'] as const;

/**
 * The names of the columns of a table of results: the input's, then ours. One of ours whose name is taken already, as in
 * results that are enriched once more, is called `result_…`.
 */
export function columnNames(columns: readonly string[], fields: readonly string[]): string[] {
  const names = [...columns];
  for (const name of [...OWN_COLUMNS, ...fields, ...RUN_COLUMNS]) {
    let free = name;
    while (names.includes(free)) free = `result_${free}`;
    names.push(free);
  }
  return names;
}

/** A row's cells under these names. */
export function tableCells(row: OutputRow, fields: readonly string[]): (string | number)[] {
  const ofResult = fields.map((name) => row.fields[name] ?? '');
  return [...row.cells, row.status, row.message, ...ofResult, row.actionRunId ?? '', row.reusedFrom ?? ''];
}
