import type { InputStore, StoredRow } from '../job/input-store.js';
import type { ResultStore, StoredResult } from '../job/result-store.js';
import type { ItemRow } from '../job/item-row.js';

/** One row of the results: what the input had, and what became of it. */
export interface OutputRow extends ItemRow {
  /** Among the rows of the input, from 1. */
  readonly number: number;
  /** The input's own values, as many as there are columns. */
  readonly cells: readonly string[];
}

/** All rows of a job, as often as they are asked for. */
export interface JobRows {
  readonly columns: readonly string[];
  /** In input order. */
  all(): AsyncIterable<OutputRow>;
}

const NOTHING = { fields: {}, actionRunId: null, reusedFrom: null } as const;

/** The row of an item that is final. */
export function outputRow(number: number, row: StoredRow, known: ItemRow, columns: number): OutputRow {
  return { ...known, number: number + 1, cells: Array.from({ length: columns }, (_, place) => row.cells[place] ?? '') };
}

/**
 * The rows of a job whose batch has ended, each exactly once.
 *
 * @param withoutResult what to say of an item that no run has a result for
 * @param skip leaves out rows, by their results
 */
export async function* outputRows(
  input: InputStore,
  results: ResultStore,
  columns: number,
  withoutResult: Pick<ItemRow, 'status' | 'message'>,
  skip: (result: StoredResult) => boolean = () => false,
): AsyncGenerator<OutputRow> {
  for await (const { first, rows } of input.rowPages()) {
    const places = rows.map((row) => ('place' in row ? row.place : -1));
    const known = await results.get(places);
    for (const [index, row] of rows.entries()) {
      const result = known[index];
      if (result && skip(result)) continue;
      const itemRow = 'problem' in row ? invalid(row.problem) : (result?.row ?? { ...NOTHING, ...withoutResult });
      yield outputRow(first + index, row, itemRow, columns);
    }
  }
}

function invalid(message: string): ItemRow {
  return { ...NOTHING, status: 'invalid', message };
}
