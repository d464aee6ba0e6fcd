import type { BatchItem } from '../../contracts/enrich-batch.js';

/** What one row of the input asks for: an item, or why it has none. Nothing is sent for a row that has none. */
export type Reading = { readonly item: BatchItem } | { readonly problem: string };

/** One row of the input, as it is read. */
export interface InputRow {
  /** Its values, for the results: in the order of the reader's columns; missing ones at the end are empty. */
  readonly cells: readonly string[];
  readonly reading: Reading;
}

/** Reads an input row by row, so that memory does not grow with the file. */
export interface InputReader {
  /** The names of the columns. Complete once all rows have been read: the lines of JSON may each bring new ones. */
  readonly columns: readonly string[];
  /** Every row, in order. @throws UserError where the input as a whole is not what it should be */
  rows(): AsyncIterable<InputRow>;
}
