import { canonicalJson } from './canonical-json.js';

/** The different items, in the order of their first appearance, and where each given one went. */
export interface Deduplicated<T> {
  readonly distinct: readonly T[];
  /** For every given item its place in `distinct`. */
  readonly places: readonly number[];
}

/** Drops the items that mean the same as an earlier one: their JSON is equal but for the order of keys. */
export function deduplicate<T>(items: readonly T[]): Deduplicated<T> {
  const placeOf = new Map<string, number>();
  const distinct: T[] = [];
  const places = items.map((item) => {
    const key = canonicalJson(item);
    const known = placeOf.get(key);
    if (known !== undefined) return known;
    placeOf.set(key, distinct.length);
    return distinct.push(item) - 1;
  });
  return { distinct, places };
}
