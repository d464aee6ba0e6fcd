import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { BatchItem } from '../../contracts/enrich-batch.js';
import { canonicalJson } from '../../model/canonical-json.js';
import type { Ranges } from '../../model/ranges.js';
import type { InputRow } from '../input/row.js';
import { keyRange, numberKey } from './database.js';
import type { Database } from './database.js';

/** An input row as it is kept: the place of its item among the distinct ones, or why it has none. */
export type StoredRow = { readonly cells: readonly string[] } & (
  { readonly place: number } | { readonly problem: string }
);

const summarySchema = z.object({
  columns: z.array(z.string()),
  rows: z.int(),
  invalid: z.int(),
  distinct: z.int(),
});

/** What an input holds, once all of it has been read. */
export interface InputSummary {
  readonly columns: readonly string[];
  readonly rows: number;
  /** Rows without an item. */
  readonly invalid: number;
  /** Different items. */
  readonly distinct: number;
}

/** What a page of rows brings, with the keys it goes under. */
interface Additions {
  readonly rows: [key: string, row: StoredRow][];
  readonly items: [key: string, item: BatchItem][];
  readonly places: [digest: string, place: number][];
  readonly rowsOfItems: string[];
}

const PAGE_ROWS = 500;
const SUMMARY = 'summary';
const json = { valueEncoding: 'json' } as const;

/** The input of a job on disk: its rows in order, and the distinct items among them. */
export class InputStore {
  readonly #database: Database;
  readonly #summary;
  readonly #rows;
  readonly #items;
  /** From the digest of an item to its place. */
  readonly #places;
  /** From an item to its rows: keys `<place>/<row>`. */
  readonly #rowsOfItems;
  #counts = { rows: 0, invalid: 0, distinct: 0 };

  constructor(database: Database) {
    this.#database = database;
    this.#summary = database.sublevel<string, unknown>('summary', json);
    this.#rows = database.sublevel<string, StoredRow>('rows', json);
    this.#items = database.sublevel<string, BatchItem>('items', json);
    this.#places = database.sublevel<string, number>('places', json);
    this.#rowsOfItems = database.sublevel('rows-of-items');
  }

  /** `undefined` until {@link finish}. */
  async summary(): Promise<InputSummary | undefined> {
    return summarySchema.optional().parse(await this.#summary.get(SUMMARY));
  }

  /** Forgets everything, to read the input anew. */
  async clear(): Promise<void> {
    await this.#database.clear();
    this.#counts = { rows: 0, invalid: 0, distinct: 0 };
  }

  /** Takes the next rows of the input. */
  async add(rows: readonly InputRow[]): Promise<void> {
    const digests = rows.map(({ reading }) => ('item' in reading ? digestOf(reading.item) : ''));
    const known = await this.#places.getMany(digests);
    const placeOf = new Map<string, number>();
    for (const [index, place] of known.entries()) if (place !== undefined) placeOf.set(digests[index] ?? '', place);
    const additions: Additions = { rows: [], items: [], places: [], rowsOfItems: [] };
    for (const [index, row] of rows.entries()) this.#take(row, digests[index] ?? '', placeOf, additions);
    await this.#write(additions);
  }

  #take({ cells, reading }: InputRow, digest: string, placeOf: Map<string, number>, additions: Additions): void {
    const key = numberKey(this.#counts.rows++);
    if ('problem' in reading) {
      this.#counts.invalid += 1;
      additions.rows.push([key, { cells, problem: reading.problem }]);
      return;
    }
    const place = placeOf.get(digest) ?? this.#counts.distinct++;
    if (!placeOf.has(digest)) {
      placeOf.set(digest, place);
      additions.places.push([digest, place]);
      additions.items.push([numberKey(place), reading.item]);
    }
    additions.rows.push([key, { cells, place }]);
    additions.rowsOfItems.push(`${numberKey(place)}/${key}`);
  }

  /** All of them or none. */
  async #write({ rows, items, places, rowsOfItems }: Additions): Promise<void> {
    const batch = this.#database.batch();
    for (const [key, row] of rows) batch.put(key, row, { sublevel: this.#rows });
    for (const [key, item] of items) batch.put(key, item, { sublevel: this.#items });
    for (const [digest, place] of places) batch.put(digest, place, { sublevel: this.#places });
    for (const key of rowsOfItems) batch.put(key, '', { sublevel: this.#rowsOfItems });
    await batch.write();
  }

  /** Notes that the input has been read to its end. */
  async finish(columns: readonly string[]): Promise<InputSummary> {
    const summary = { columns: [...columns], ...this.#counts };
    await this.#summary.put(SUMMARY, summary);
    return summary;
  }

  /** Pages of rows in input order. */
  async *rowPages(): AsyncGenerator<{ readonly first: number; readonly rows: readonly StoredRow[] }> {
    for (let first = 0; ; first += PAGE_ROWS) {
      const rows = defined(await this.#rows.getMany(keyRange(first, PAGE_ROWS)));
      if (rows.length > 0) yield { first, rows };
      if (rows.length < PAGE_ROWS) return;
    }
  }

  /** The distinct items in the order of their first appearance, from one of them on. */
  async *items(from: number): AsyncGenerator<BatchItem> {
    for (let first = from; ; first += PAGE_ROWS) {
      const items = defined(await this.#items.getMany(keyRange(first, PAGE_ROWS)));
      yield* items;
      if (items.length < PAGE_ROWS) return;
    }
  }

  /** The items at some places, in their order. */
  async itemsAt(places: readonly number[]): Promise<BatchItem[]> {
    return defined(await this.#items.getMany(places.map(numberKey)));
  }

  /** The numbers and the rows that have the items at these places. */
  async rowsOf(places: Ranges): Promise<{ readonly number: number; readonly row: StoredRow }[]> {
    const keys: string[] = [];
    for (const [first, count] of places) {
      const range = { gte: numberKey(first), lt: numberKey(first + count) };
      for await (const key of this.#rowsOfItems.keys(range)) keys.push(key.slice(key.indexOf('/') + 1));
    }
    const rows = await this.#rows.getMany(keys);
    return keys.flatMap((key, index) => {
      const row = rows[index];
      return row ? [{ number: Number(key), row }] : [];
    });
  }
}

function digestOf(item: BatchItem): string {
  return createHash('sha256').update(canonicalJson(item)).digest('base64');
}

function defined<T>(values: readonly (T | undefined)[]): T[] {
  return values.filter((value) => value !== undefined);
}
