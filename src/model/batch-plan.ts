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

/** Some neighbouring items, packed for one action_run. */
export interface Pack<T> {
  readonly firstItem: number;
  readonly items: readonly T[];
}

/** Packs items in order, at most `itemsPerRun` each. */
export function pack<T>(items: readonly T[], itemsPerRun: number): Pack<T>[] {
  const packs: Pack<T>[] = [];
  for (let firstItem = 0; firstItem < items.length; firstItem += itemsPerRun) {
    packs.push({ firstItem, items: items.slice(firstItem, firstItem + itemsPerRun) });
  }
  return packs;
}
