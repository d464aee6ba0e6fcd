import type { InputStore, StoredRow } from '../job/input-store.js';
import type { ItemRow } from '../job/item-row.js';
import type { ResultStore, StoredResult } from '../job/result-store.js';

/** A row of the results: the input's values and the result of its item. */
export interface OutputRow extends ItemRow {
  /** Among the rows of the input, from 1. */
  readonly number: number;
  /** The input's own values, as many as there are columns. */
  readonly cells: readonly string[];
}

/** All rows of a job in input order. Can be called again. */
export type JobRows = () => AsyncIterable<OutputRow>;

/** What to say of an item without a result. */
export type NoResult = Pick<ItemRow, 'status' | 'message'>;

/** The output row of an input row whose result is final. */
export function outputRow(number: number, row: StoredRow, result: ItemRow, columns: number): OutputRow {
  return {
    ...result,
    number: number + 1,
    cells: Array.from({ length: columns }, (_, index) => row.cells[index] ?? ''),
  };
}

const NOTHING = { fields: {}, actionRunId: null, reusedFrom: null } as const;

/**
 * The rows of a job whose batch has ended, each exactly once.
 *
 * @param skip leaves out rows, by their results
 */
export async function* outputRows(
  input: InputStore,
  results: ResultStore,
  columns: number,
  noResult: NoResult,
  skip: (result: StoredResult) => boolean = () => false,
): AsyncGenerator<OutputRow> {
  for await (const { first, rows } of input.rowPages()) {
    const known = await results.get(rows.map((row) => ('place' in row ? row.place : -1)));
    for (const [index, row] of rows.entries()) {
      const result = known[index];
      if (result && skip(result)) continue;
      const missing = 'problem' in row ? ({ status: 'invalid', message: row.problem } as const) : noResult;
      const itemRow = 'place' in row && result ? result.row : { ...NOTHING, ...missing };
      yield outputRow(first + index, row, itemRow, columns);
    }
  }
}
