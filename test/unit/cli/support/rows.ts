import type { InputNotes } from '../../../../src/cli/input/row.js';
import type { JobRows, OutputRow } from '../../../../src/cli/output/rows.js';
import type { ItemRow } from '../../../../src/cli/job/result-store.js';

/** All that a source gives. */
export async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of source) values.push(value);
  return values;
}

/** A source of these values, one after the other. */
export async function* each<T>(values: Iterable<T>): AsyncGenerator<T> {
  for (const value of values) yield await Promise.resolve(value);
}

/** What became of an item, a success unless told. */
export function itemRow(over: Partial<ItemRow> = {}): ItemRow {
  return { status: 'success', message: 'done', fields: {}, actionRunId: 7, reusedFrom: null, ...over };
}

/** Rows of results as the outputs get them. */
export function jobRows(columns: readonly string[], rows: readonly Partial<OutputRow>[]): JobRows {
  const full = rows.map((row, index) => ({ ...itemRow(), number: index + 1, cells: columns.map(() => ''), ...row }));
  return () => each(full);
}

/** Notes of a reading, still empty. */
export function noNotes(): InputNotes {
  return { changes: new Map(), remarks: [] };
}
