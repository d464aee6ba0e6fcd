import { targetKey } from '../../model/batch/batch-item.js';
import type { BatchItem, Entry, RequestField } from '../../model/batch/batch-item.js';
import { jsonBytes } from '../../model/json.js';
import { fromRanges, toRanges } from '../../model/batch/ranges.js';
import type { Ranges } from '../../model/batch/ranges.js';
import type { Pack } from './retry.js';

/** Items that share where they run, oldest first. */
interface Waiting {
  readonly entries: Entry[];
  bytes: number;
}

/** Entries without a word more than they need. */
interface CarriedEntries {
  readonly places: Ranges;
  readonly items: readonly BatchItem[];
}

/** What waits, as plain values: what continue-as-new carries over. */
export interface CarriedQueue {
  readonly fresh: CarriedEntries;
  readonly packs: readonly (CarriedEntries & Omit<Pack, 'entries'>)[];
}

/** How items are packed. */
export interface Packing {
  /** Most items in an action_run. */
  readonly itemsPerRun: number;
  readonly requestFields: readonly RequestField[];
}

/** Most action_runs that one child workflow submits and watches together. */
export const RUNS_PER_GROUP = 100;

/** Most items in a child of several action_runs: half a window, so that one child goes on while the last run of another ends. */
const ITEMS_PER_GROUP = 500;

/** What one child is handed, as JSON: far below Temporal's 2 MiB for a payload. */
export const MAX_CHILD_BYTES = 400_000;

/** How much the next child may run; it is given one pack whatever that holds. */
export interface Room {
  readonly runs: number;
  readonly items: number;
}

/** The items that wait, grouped by where they run. Hands out what the next child runs, full packs first. */
export class BatchQueue {
  readonly #groups = new Map<string, Waiting>();
  /** Those of them that fill a pack. */
  readonly #full = new Set<string>();
  #again: Pack[] = [];
  #count = 0;
  #bytes = 0;

  constructor(
    private readonly packing: Packing,
    carried: CarriedQueue,
  ) {
    for (const entry of unpack(carried.fresh)) this.add(entry);
    this.runAgain(carried.packs.map(({ places, items, ...pack }) => ({ ...pack, entries: unpack({ places, items }) })));
  }

  /** Items that wait. */
  get count(): number {
    return this.#count;
  }

  /** Their size as JSON. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Places of the items that wait. */
  places(): number[] {
    const entries = [...this.#groups.values(), ...this.#again].flatMap((waiting) => waiting.entries);
    return entries.map(({ place }) => place);
  }

  add(entry: Entry): void {
    const key = targetKey(entry.item, this.packing.requestFields);
    const waiting = this.#groups.get(key) ?? { entries: [], bytes: 0 };
    this.#groups.set(key, waiting);
    const bytes = sizeOfEntry(entry);
    waiting.entries.push(entry);
    waiting.bytes += bytes;
    this.#account(1, bytes);
    if (this.#isFull(waiting)) this.#full.add(key);
  }

  /** Puts packs of an earlier run back: they go before everything that has not been run yet. */
  runAgain(packs: readonly Pack[]): void {
    for (const pack of packs) this.#account(pack.entries.length, sizeOf(pack));
    this.#again.push(...packs);
  }

  /** True while something waits that SOAR may have already: it is followed even by a batch that is paused or cancelled. */
  get hasBegun(): boolean {
    return this.#again.some(({ begun }) => begun !== undefined);
  }

  /** True if {@link next} has something; with `onlyFull`, only if that makes a child worth starting. */
  hasNext(onlyFull: boolean): boolean {
    if (!onlyFull) return this.#count > 0;
    const smallPacks = this.packing.itemsPerRun === 1 ? this.#count : this.#groups.size;
    return this.#again.length > 0 || this.#full.size > 0 || smallPacks >= RUNS_PER_GROUP;
  }

  /** The pack that SOAR may have already, alone: it needs a `runAction` of its own. */
  nextBegun(): Pack | undefined {
    const place = this.#again.findIndex(({ begun }) => begun !== undefined);
    const [pack] = place < 0 ? [] : this.#again.splice(place, 1);
    if (pack) this.#account(-pack.entries.length, -sizeOf(pack));
    return pack;
  }

  /** The packs of the next child: the first that waits whatever it holds, and more as long as there is room. */
  next({ runs, items }: Room): Pack[] {
    const packs: Pack[] = [];
    let left = { items, bytes: MAX_CHILD_BYTES };
    for (let first = this.#first(); first && packs.length < runs; first = this.#first()) {
      const { pack, bytes } = first;
      left = { items: left.items - pack.entries.length, bytes: left.bytes - bytes };
      if (packs.length > 0 && Math.min(left.items, left.bytes) < 0) break;
      first.remove();
      this.#account(-pack.entries.length, -bytes);
      packs.push(pack);
    }
    return packs;
  }

  carried(): CarriedQueue {
    const fresh = pack([...this.#groups.values()].flatMap(({ entries }) => entries));
    return { fresh, packs: this.#again.map(({ entries, ...rest }) => ({ ...rest, ...pack(entries) })) };
  }

  /** What goes next: what is run again, then full packs, then small ones. */
  #first(): { readonly pack: Pack; readonly bytes: number; remove(): void } | undefined {
    const [again] = this.#again;
    if (again) return { pack: again, bytes: sizeOf(again), remove: () => this.#again.shift() };
    const [key, waiting] = this.#firstGroup() ?? [];
    if (key === undefined || !waiting) return undefined;
    const { count, bytes } = this.#fitting(waiting.entries);
    const remove = (): void => {
      waiting.entries.splice(0, count);
      waiting.bytes -= bytes;
      if (waiting.entries.length === 0) this.#groups.delete(key);
      if (!this.#isFull(waiting)) this.#full.delete(key);
    };
    return { pack: { entries: waiting.entries.slice(0, count), attempt: 1 }, bytes, remove };
  }

  #firstGroup(): [string, Waiting] | undefined {
    for (const group of this.#groups) if (this.#full.size === 0 || this.#full.has(group[0])) return group;
    return undefined;
  }

  #isFull({ entries, bytes }: Waiting): boolean {
    return this.packing.itemsPerRun > 1 && (entries.length >= this.packing.itemsPerRun || bytes > MAX_CHILD_BYTES);
  }

  /** How many of the first entries fit one action_run, at least one, and their size. */
  #fitting(entries: readonly Entry[]): { readonly count: number; readonly bytes: number } {
    let [count, bytes] = [0, 0];
    for (const entry of entries.slice(0, this.packing.itemsPerRun)) {
      const more = sizeOfEntry(entry);
      if (count > 0 && bytes + more > MAX_CHILD_BYTES) break;
      count += 1;
      bytes += more;
    }
    return { count, bytes };
  }

  #account(items: number, bytes: number): void {
    this.#count += items;
    this.#bytes += bytes;
  }
}

function sizeOf({ entries }: Pack): number {
  return entries.reduce((sum, entry) => sum + sizeOfEntry(entry), 0);
}

function sizeOfEntry({ item }: Entry): number {
  return jsonBytes(item);
}

function pack(entries: readonly Entry[]): CarriedEntries {
  return { places: toRanges(entries.map(({ place }) => place)), items: entries.map(({ item }) => item) };
}

function unpack({ places, items }: CarriedEntries): Entry[] {
  return fromRanges(places, items.length).map((place, at) => ({ place, item: items[at] ?? {} }));
}

/** What is in flight. */
export interface InFlight {
  readonly runs: number;
  readonly items: number;
}

const MIN_ITEMS = 1_000;
const MIN_FULL_RUNS = 10;

/**
 * How much may start. Without a number of the caller's the window counts items, because a run of one item asks as much of
 * SOAR as a hundredth of a full one. Never all of the window at once, so that something goes on while a child's last run ends.
 */
export function roomFor({ runs, items }: InFlight, itemsPerRun: number, maxRunsInFlight: number | undefined): Room {
  if (maxRunsInFlight !== undefined) {
    const left = Math.max(0, Math.min(maxRunsInFlight - runs, Math.ceil(maxRunsInFlight / 2)));
    return { runs: Math.min(left, RUNS_PER_GROUP), items: ITEMS_PER_GROUP };
  }
  const left = Math.max(0, Math.max(MIN_ITEMS, MIN_FULL_RUNS * itemsPerRun) - items);
  return { runs: Math.min(left, RUNS_PER_GROUP), items: Math.min(left, ITEMS_PER_GROUP) };
}
