import type { Cell } from '../input/row.js';
import { placesOf } from '../job/input-store.js';
import type { InputStore, StoredRow } from '../job/input-store.js';
import { mergedRow } from '../job/result-store.js';
import type { ItemRow, ResultStore, StoredResult } from '../job/result-store.js';

/** A row of the results: the input's values and the result of its item. */
export interface OutputRow extends ItemRow {
  /** Among the rows of the input, from 1. */
  readonly number: number;
  /** The input's own values, as many as there are columns. */
  readonly cells: readonly Cell[];
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
    const known = await resultsOf(rows, results);
    for (const [index, row] of rows.entries()) {
      const own = known(row);
      const [only] = own;
      if ('place' in row && only && skip(only)) continue;
      yield outputRow(first + index, row, await itemRowOf(row, own, input, noResult), columns);
    }
  }
}

/** Gives the results of the items of each of these rows, in their order. */
async function resultsOf(
  rows: readonly StoredRow[],
  results: ResultStore,
): Promise<(row: StoredRow) => (StoredResult | undefined)[]> {
  const places = [...new Set(rows.flatMap(placesOf))];
  const known = new Map((await results.get(places)).map((result, index) => [places[index], result]));
  return (row) => placesOf(row).map((place) => known.get(place));
}

async function itemRowOf(
  row: StoredRow,
  own: readonly (StoredResult | undefined)[],
  input: InputStore,
  noResult: NoResult,
): Promise<ItemRow> {
  if ('problem' in row) return { ...NOTHING, status: row.isSkipped ? 'skipped' : 'invalid', message: row.problem };
  const rows = own.map((result) => result?.row ?? { ...NOTHING, ...noResult });
  const items = rows.length > 1 ? await input.itemsAt(placesOf(row)) : [];
  const names = items.map((item) =>
    Object.values(item)
      .filter((value) => typeof value !== 'object')
      .join(' '),
  );
  return mergedRow(rows, names) ?? { ...NOTHING, ...noResult };
}
