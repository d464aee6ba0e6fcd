import type { BatchItem } from '../../contracts/enrich-batch.js';
import type { RequestField } from '../../model/batch-item.js';
import { MAX_PAGE_BYTES, problemOfItem } from '../../model/batch-page.js';
import { jsonBytes } from '../../model/text.js';
import { toSafeText } from '../../soar/errors.js';
import type { Reading } from './row.js';

/** Columns that say where a row runs instead of what with. */
export const PER_ROW_FIELDS = ['container_id', 'app_id', 'asset'] as const;
export type PerRowField = (typeof PER_ROW_FIELDS)[number];

/** How a row becomes an item. */
export interface ItemPlan {
  /** The action's parameter that takes the indicator, as `ip`. */
  readonly parameter: string;
  /** The column that has the indicators. Default: the one that is named like the parameter. */
  readonly column?: string | undefined;
  readonly perRow: readonly PerRowField[];
}

/** The batch's field behind each of the columns. */
const REQUEST_FIELD_OF: Readonly<Record<PerRowField, RequestField>> = {
  container_id: 'container_id',
  app_id: 'app_id',
  asset: 'assets',
};

/** The fields of the items that are no parameters. */
export function requestFieldsOf({ perRow }: ItemPlan): RequestField[] {
  return perRow.map((field) => REQUEST_FIELD_OF[field]);
}

const SHOWN_CHARACTERS = 40;
/** An item has to fit a page of its own: its brackets take two. */
const MAX_ITEM_BYTES = MAX_PAGE_BYTES - 2;

/** The item of a row: its parameters, and the fields that say where it runs. A value that is empty leaves its field out. */
export function readItem(
  parameters: BatchItem,
  plan: ItemPlan,
  perRow: Partial<Readonly<Record<PerRowField, unknown>>>,
): Reading {
  const taken = requestFieldsOf(plan).find((field) => field in parameters);
  if (taken !== undefined) return { problem: `"${taken}" says where the row runs and cannot be a parameter as well.` };
  const item: BatchItem = {};
  for (const column of plan.perRow) {
    const text = toText(perRow[column]).trim();
    if (text === '') continue;
    item[REQUEST_FIELD_OF[column]] = fieldValue(column, text);
    if (problemOfItem(item, requestFieldsOf(plan)) !== undefined) return { problem: wrongField(column, text) };
  }
  Object.assign(item, parameters);
  const bytes = jsonBytes(item);
  if (bytes <= MAX_ITEM_BYTES) return { item };
  return { problem: `The row takes ${bytes} bytes as JSON; at most ${MAX_ITEM_BYTES} can be sent.` };
}

function fieldValue(column: PerRowField, text: string): unknown {
  if (column === 'asset') return [text];
  // The number and its text mean the same, and are the same item then.
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : text;
}

function wrongField(column: PerRowField, text: string): string {
  const expected = column === 'container_id' ? 'the number of a container' : 'the number or GUID of an app';
  return `${column} must be ${expected}, not "${toSafeText(text, SHOWN_CHARACTERS)}".`;
}

/** Any value of JSON as the text of a cell. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
}
