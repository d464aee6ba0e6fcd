import { targetKey } from '../../model/batch-item.js';
import type { BatchItem, Entry, RequestField } from '../../model/batch-item.js';
import { jsonBytes } from '../../model/json.js';
import { fromRanges, toRanges } from '../../model/ranges.js';
import type { Ranges } from '../../model/ranges.js';
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

/** What one child is handed, as JSON: far below Temporal's 2 MiB for a payload. */
export const MAX_CHILD_BYTES = 400_000;

/**
 * The items that wait, grouped by where they run. Hands out what the next child runs: one full pack, or many small packs
 * that no single action_run can hold.
 */
export class BatchQueue {
  readonly #groups = new Map<string, Waiting>();
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
    waiting.entries.push(entry);
    waiting.bytes += this.#account(entry, 1);
  }

  /** Puts packs of an earlier run back: they go before everything that has not been run yet. */
  runAgain(packs: readonly Pack[]): void {
    for (const pack of packs) pack.entries.forEach((entry) => this.#account(entry, 1));
    this.#again.push(...packs);
  }

  /** True while something waits that SOAR may have already: it is followed even by a batch that is paused or cancelled. */
  get hasBegun(): boolean {
    return this.#again.some(({ begun }) => begun !== undefined);
  }

  /** True where {@link next} has something; with `onlyFull`, where it makes a child worth its while. */
  hasNext(onlyFull: boolean): boolean {
    if (!onlyFull) return this.#count > 0;
    const smallPacks = this.packing.itemsPerRun === 1 ? this.#count : this.#groups.size;
    if (this.#again.length > 0 || smallPacks >= RUNS_PER_GROUP) return true;
    return [...this.#groups.values()].some((waiting) => this.#isFull(waiting));
  }

  /** The pack that SOAR may have already, alone: it needs a `runAction` of its own. */
  nextBegun(): Pack | undefined {
    const place = this.#again.findIndex(({ begun }) => begun !== undefined);
    return place < 0 ? undefined : this.#take(this.#again.splice(place, 1)[0]);
  }

  /** The packs of the next child: at most `maxRuns`; a full pack stands alone. Empty where nothing waits. */
  next(maxRuns: number): Pack[] {
    const full = [...this.#groups].find(([, waiting]) => this.#isFull(waiting));
    if (full && this.#again.length === 0) return [this.#takePack(...full)];
    const packs: Pack[] = [];
    let bytes = 0;
    while (packs.length < Math.min(maxRuns, RUNS_PER_GROUP)) {
      const before = this.#bytes;
      const pack = this.#nextSmall(MAX_CHILD_BYTES - bytes, packs.length === 0);
      if (!pack) break;
      packs.push(pack);
      bytes += before - this.#bytes;
    }
    return packs;
  }

  carried(): CarriedQueue {
    const fresh = pack([...this.#groups.values()].flatMap(({ entries }) => entries));
    return { fresh, packs: this.#again.map(({ entries, ...rest }) => ({ ...rest, ...pack(entries) })) };
  }

  #nextSmall(maxBytes: number, isFirst: boolean): Pack | undefined {
    const [again] = this.#again;
    if (again) return isFirst || sizeOf(again) <= maxBytes ? this.#take(this.#again.shift()) : undefined;
    for (const [key, waiting] of this.#groups) {
      if (!this.#isFull(waiting) && (isFirst || waiting.bytes <= maxBytes)) return this.#takePack(key, waiting);
    }
    return undefined;
  }

  #isFull({ entries, bytes }: Waiting): boolean {
    return this.packing.itemsPerRun > 1 && (entries.length >= this.packing.itemsPerRun || bytes > MAX_CHILD_BYTES);
  }

  #takePack(key: string, waiting: Waiting): Pack {
    const entries = waiting.entries.splice(0, this.#fitting(waiting.entries));
    for (const entry of entries) waiting.bytes += this.#account(entry, -1);
    if (waiting.entries.length === 0) this.#groups.delete(key);
    return { entries, attempt: 1 };
  }

  /** How many of the first entries fit one action_run: at least one. */
  #fitting(entries: readonly Entry[]): number {
    let bytes = 0;
    const first = entries.slice(0, this.packing.itemsPerRun);
    const tooMany = first.findIndex((entry) => (bytes += sizeOfEntry(entry)) > MAX_CHILD_BYTES);
    return tooMany < 0 ? first.length : Math.max(tooMany, 1);
  }

  #take(pack: Pack | undefined): Pack | undefined {
    pack?.entries.forEach((entry) => this.#account(entry, -1));
    return pack;
  }

  #account(entry: Entry, sign: 1 | -1): number {
    const bytes = sign * sizeOfEntry(entry);
    this.#count += sign;
    this.#bytes += bytes;
    return bytes;
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
 * How many more action_runs may start. Without a number of the caller's the window counts items, because a run of one item
 * asks as much of SOAR as a hundredth of a full one.
 */
export function roomFor({ runs, items }: InFlight, itemsPerRun: number, maxRunsInFlight: number | undefined): number {
  if (maxRunsInFlight !== undefined) return Math.max(0, maxRunsInFlight - runs);
  const maxItems = Math.max(MIN_ITEMS, MIN_FULL_RUNS * itemsPerRun);
  return items < maxItems ? Math.min(RUNS_PER_GROUP, maxItems - items) : 0;
}
