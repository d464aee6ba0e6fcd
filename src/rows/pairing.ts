import type { BatchItem } from '../model/batch/batch-item.js';
import { canonicalJson } from '../model/json.js';
import { comparable } from '../model/refang.js';
import type { ActionResultRead } from '../soar/paging.js';

const CANNOT_BE_TOLD =
  'SOAR’s result cannot be told apart from those of other items: it does not repeat the parameters.';

/**
 * For each item of a run its results, those of every app_run together. A result belongs to the item whose own parameters it repeats
 * all; by its place only if nothing else is possible. What cannot be told is said, and never guessed.
 *
 * @param items the parameter sets of the run
 * @param appRuns the results of each of its app_runs, in SOAR's order
 */
export function pairResults(
  items: readonly BatchItem[],
  appRuns: readonly (readonly ActionResultRead[])[],
): ActionResultRead[][] {
  const paired = items.map((): ActionResultRead[] => []);
  let index: ItemIndex | undefined;
  for (const results of appRuns) {
    if (results.length === items.length && results.every((read, at) => repeatsExactly(read, items[at]))) {
      for (const [at, read] of results.entries()) paired[at]?.push(read);
      continue;
    }
    index ??= new ItemIndex(items);
    for (const [at, reads] of pairOne(index, results).entries()) paired[at]?.push(...reads);
  }
  return paired;
}

/** Likewise of a run that is not ours: nothing but the parameters tells whose a result is. */
export function pairByParameters(
  items: readonly BatchItem[],
  appRuns: readonly (readonly ActionResultRead[])[],
): ActionResultRead[][] {
  const index = new ItemIndex(items);
  const all = appRuns.map((results) => byOwner(index.ownersOf(results), results, items.length));
  return items.map((_item, at) => all.flatMap((paired) => paired[at] ?? []));
}

/** The results of one app_run, by item. */
function pairOne(index: ItemIndex, results: readonly ActionResultRead[]): ActionResultRead[][] {
  const owners = index.ownersOf(results);
  const paired = byOwner(owners, results, index.size);
  const without = paired.flatMap((reads, item) => (reads.length === 0 ? [item] : []));
  const nobodys = owners.flatMap((owner, at) => (owner === undefined ? [at] : []));
  if (nobodys.length === 0) return paired;
  const isComplete = results.length === index.size;
  const isInOrder = owners.every((owner, at) => owner === undefined || owner === at);
  const isOnlyOne = without.length === 1 && nobodys.length === 1;
  for (const [nth, item] of without.entries()) {
    const read = isComplete && (isInOrder || isOnlyOne) ? results[nobodys[nth] ?? -1] : undefined;
    paired[item]?.push(read ?? { unread: CANNOT_BE_TOLD });
  }
  return paired;
}

function byOwner(
  owners: readonly (number | undefined)[],
  results: readonly ActionResultRead[],
  items: number,
): ActionResultRead[][] {
  const paired = Array.from({ length: items }, (): ActionResultRead[] => []);
  for (const [at, read] of results.entries()) paired[owners[at] ?? -1]?.push(read);
  return paired;
}

function repeatsExactly(read: ActionResultRead, item: BatchItem | undefined): boolean {
  const parameter = 'result' in read ? read.result.parameter : undefined;
  if (!parameter || !item) return false;
  return Object.keys(item).every((key) => parameter[key] === item[key] && typeof item[key] !== 'object');
}

/** Items by their own parameters, for each set of names that they have: most have the same. */
class ItemIndex {
  readonly size: number;
  /** Those with the most names first. */
  readonly #groups: readonly { readonly names: readonly string[]; readonly items: Map<string, number[]> }[];
  readonly #exact: readonly string[];

  constructor(items: readonly BatchItem[]) {
    this.size = items.length;
    this.#exact = items.map((item) => canonicalJson(item));
    const byNames = new Map<string, { names: string[]; items: Map<string, number[]> }>();
    for (const [at, item] of items.entries()) {
      // SOAR leaves out what is empty.
      const names = Object.keys(item)
        .filter((name) => item[name] !== null && item[name] !== '')
        .sort();
      const key = canonicalJson(names);
      const group = byNames.get(key) ?? { names, items: new Map<string, number[]>() };
      if (names.length > 0) byNames.set(key, group);
      const values = valuesOf(item, names) ?? '';
      group.items.set(values, [...(group.items.get(values) ?? []), at]);
    }
    this.#groups = [...byNames.values()].sort((a, b) => b.names.length - a.names.length);
  }

  /** For each result the item whose parameters it repeats; undefined if it repeats none's. */
  ownersOf(results: readonly ActionResultRead[]): (number | undefined)[] {
    const taken = new Set<number>();
    return results.map((read, at) => {
      const owner = 'result' in read ? this.#ownerOf(read.result.parameter ?? {}, at, taken) : undefined;
      if (owner !== undefined) taken.add(owner);
      return owner;
    });
  }

  /** Of several the one with the most parameters, then the very same, then the one in its place, then one that has none yet. */
  #ownerOf(parameter: BatchItem, at: number, taken: ReadonlySet<number>): number | undefined {
    for (const { names, items } of this.#groups) {
      const values = valuesOf(parameter, names);
      const found = values === undefined ? undefined : items.get(values);
      if (!found) continue;
      const own = canonicalJson(Object.fromEntries(names.map((name) => [name, parameter[name]])));
      const same = found.filter((item) => this.#exact[item] === own);
      const all = same.length > 0 ? same : found;
      return all.includes(at) ? at : (all.find((item) => !taken.has(item)) ?? all[0]);
    }
    return undefined;
  }
}

/** The values under these names as they are compared; undefined if one is not there. */
function valuesOf(parameter: BatchItem, names: readonly string[]): string | undefined {
  if (!names.every((name) => name in parameter)) return undefined;
  return canonicalJson(names.map((name) => comparable(parameter[name])));
}
