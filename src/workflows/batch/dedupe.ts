import type { BatchItem, Entry } from '../../model/batch/batch-item.js';
import { canonicalJson, jsonBytes } from '../../model/json.js';

/** How many items were given and how many of them differ, and the latest of them by their canonical JSON. */
export interface CarriedItems {
  readonly total: number;
  readonly distinct: number;
  readonly seen: readonly (readonly [key: string, place: number])[];
}

/** Items that are new, and where each given one went. */
export interface Taken {
  readonly fresh: readonly Entry[];
  /** For every given item its place among the distinct ones. */
  readonly places: readonly number[];
}

/** How much of what was seen is remembered, as it is carried: all that continue-as-new carries must stay one payload. */
const REMEMBERED_BYTES = 256 * 1024;

/**
 * Numbers the distinct items and drops those that mean the same as an earlier one: their JSON is equal but for the order
 * of keys. What is given at once is compared with all of itself, and with the last 256 KiB of what came before.
 */
export class DistinctItems {
  #total: number;
  #distinct: number;
  readonly #places: Map<string, number>;
  #bytes = 0;

  constructor({ total, distinct, seen }: CarriedItems) {
    this.#total = total;
    this.#distinct = distinct;
    this.#places = new Map(seen);
    for (const [key] of seen) this.#bytes += sizeOf(key);
  }

  get total(): number {
    return this.#total;
  }

  get distinct(): number {
    return this.#distinct;
  }

  /** Size of what is remembered, as JSON. */
  get bytes(): number {
    return this.#bytes;
  }

  take(items: readonly BatchItem[]): Taken {
    const fresh: Entry[] = [];
    const places = items.map((item) => {
      const key = canonicalJson(item);
      const known = this.#places.get(key);
      if (known !== undefined) return known;
      const place = this.#distinct++;
      fresh.push({ place, item });
      this.#places.set(key, place);
      this.#bytes += sizeOf(key);
      return place;
    });
    this.#total += items.length;
    this.#forgetOldest();
    return { fresh, places };
  }

  /** What the next run of the workflow needs; once no more items can come, nothing needs to be remembered. */
  carried(isClosed: boolean): CarriedItems {
    return { total: this.#total, distinct: this.#distinct, seen: isClosed ? [] : [...this.#places] };
  }

  #forgetOldest(): void {
    for (const key of this.#places.keys()) {
      if (this.#bytes <= REMEMBERED_BYTES) return;
      this.#places.delete(key);
      this.#bytes -= sizeOf(key);
    }
  }
}

/** Of `[key, place]` as JSON; numbers of places have a few digits. */
function sizeOf(key: string): number {
  return jsonBytes(key) + 12;
}
