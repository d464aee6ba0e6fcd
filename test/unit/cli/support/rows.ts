import type { InputReader, InputRow } from '../../../../src/cli/input/row.js';
import type { JobRows, OutputRow } from '../../../../src/cli/output/rows.js';
import type { ItemRow } from '../../../../src/cli/job/item-row.js';

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

/** What a reader reads, in short: each row's cells, and its item or its problem. */
export async function reading(
  reader: InputReader,
): Promise<{ columns: readonly string[]; rows: [cells: readonly string[], asked: unknown][] }> {
  const rows = await all(reader.rows());
  return { columns: reader.columns, rows: rows.map(short) };
}

function short({ cells, reading }: InputRow): [cells: readonly string[], asked: unknown] {
  return [cells, 'item' in reading ? reading.item : reading.problem];
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
