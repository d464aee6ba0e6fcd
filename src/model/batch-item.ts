import { canonicalJson } from './canonical-json.js';

/** One row of a batch: a parameter set and, under the batch's `requestFields`, where it runs. */
export type BatchItem = Readonly<Record<string, unknown>>;

/** Fields of an item that can say where it runs, by SOAR's names. */
export const REQUEST_FIELDS = ['container_id', 'app_id', 'assets'] as const;
export type RequestField = (typeof REQUEST_FIELDS)[number];

/** A distinct item that waits. */
export interface Entry {
  /** Its place among the distinct items, in the order of their first appearance. */
  readonly place: number;
  readonly item: BatchItem;
}

/** What an item says about where it runs: items of one action_run must say the same. */
export function targetOf(item: BatchItem, fields: readonly RequestField[]): BatchItem {
  return Object.fromEntries(fields.filter((field) => field in item).map((field) => [field, item[field]]));
}

/** The item's parameter set: all of it that is not about where it runs. */
export function parametersOf(item: BatchItem, fields: readonly RequestField[]): BatchItem {
  const isParameter = ([name]: [string, unknown]): boolean => !fields.some((field) => field === name);
  return fields.length === 0 ? item : Object.fromEntries(Object.entries(item).filter(isParameter));
}

/** Equal for items that can share an action_run. */
export function targetKey(item: BatchItem, fields: readonly RequestField[]): string {
  return fields.length === 0 ? '' : canonicalJson(targetOf(item, fields));
}
