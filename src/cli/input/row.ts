import type { BatchItem } from '../../contracts/enrich-batch.js';
import type { RequestField } from '../../model/batch-item.js';
import { MAX_PAGE_BYTES, problemOfItem } from '../../model/batch-item.js';
import { jsonBytes } from '../../model/json.js';
import { toSafeText } from '../../soar/errors.js';

/** What a row of the input asks for: an item, or why it has none. Nothing is sent for a row without an item. */
export type Reading = { readonly item: BatchItem } | { readonly problem: string };

/** A row of the input. */
export interface InputRow {
  /** Its values for the results, in the order of the reader's columns. Missing values at the end are empty. */
  readonly cells: readonly string[];
  readonly reading: Reading;
}

/** Reads an input row by row, so that memory does not grow with the file. */
export interface InputReader {
  /** The names of the columns. Complete once all rows have been read: each line of JSON can bring new ones. */
  readonly columns: readonly string[];
  /** Every row, in order. @throws UserError if the input as a whole is wrong */
  rows(): AsyncIterable<InputRow>;
}

/** Columns that say where a row runs. */
export const PER_ROW_FIELDS = ['container_id', 'app_id', 'asset'] as const;
export type PerRowField = (typeof PER_ROW_FIELDS)[number];

/** Which columns become the fields of an item. */
export interface ColumnMapping {
  /** The action's parameter that takes the indicator, as `ip`. */
  readonly parameter: string;
  /** The column that has the indicators. Default: the one that is named like the parameter. */
  readonly column?: string | undefined;
  readonly perRow: readonly PerRowField[];
}

/** The name of the column that has the indicators. */
export function indicatorColumn({ column, parameter }: ColumnMapping): string {
  return column ?? parameter;
}

const REQUEST_FIELD_OF: Readonly<Record<PerRowField, RequestField>> = {
  container_id: 'container_id',
  app_id: 'app_id',
  asset: 'assets',
};

/** The fields of the items that are not parameters. */
export function requestFieldsOf({ perRow }: ColumnMapping): RequestField[] {
  return perRow.map((field) => REQUEST_FIELD_OF[field]);
}

const SHOWN_CHARACTERS = 40;
/** A page can hold a single item; its brackets take two bytes. */
const MAX_ITEM_BYTES = MAX_PAGE_BYTES - 2;

/** The item of a row: its parameters, and the fields that say where it runs. An empty value leaves its field out. */
export function readItem(
  parameters: BatchItem,
  mapping: ColumnMapping,
  perRow: Partial<Readonly<Record<PerRowField, unknown>>>,
): Reading {
  const requestFields = requestFieldsOf(mapping);
  const taken = requestFields.find((field) => field in parameters);
  if (taken !== undefined) return { problem: `"${taken}" says where the row runs and cannot be a parameter as well.` };
  const item: BatchItem = {};
  for (const column of mapping.perRow) {
    const text = toText(perRow[column]).trim();
    if (text === '') continue;
    item[REQUEST_FIELD_OF[column]] = fieldValue(column, text);
    if (problemOfItem(item, requestFields) !== undefined) return { problem: wrongField(column, text) };
  }
  Object.assign(item, parameters);
  const bytes = jsonBytes(item);
  if (bytes <= MAX_ITEM_BYTES) return { item };
  return { problem: `The row takes ${bytes} bytes as JSON; at most ${MAX_ITEM_BYTES} can be sent.` };
}

function fieldValue(column: PerRowField, text: string): unknown {
  if (column === 'asset') return [text];
  // 7 and "7" mean the same; as numbers they are also the same item.
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : text;
}

function wrongField(column: PerRowField, text: string): string {
  const expected = column === 'container_id' ? 'the number of a container' : 'the number or GUID of an app';
  return `${column} must be ${expected}, not "${toSafeText(text, SHOWN_CHARACTERS)}".`;
}

/** Any JSON value as the text of a cell. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
}
