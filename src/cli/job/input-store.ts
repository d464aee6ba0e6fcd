import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { BatchItem } from '../../contracts/enrich-batch.js';
import { canonicalJson } from '../../model/json.js';
import type { Ranges } from '../../model/ranges.js';
import type { InputRow } from '../input/row.js';
import { JSON_VALUES, keyRange, numberKey } from './database.js';
import type { Database } from './database.js';

/** An input row on disk: the place of its item among the distinct items, or why it has none. */
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

const PAGE_ROWS = 500;
const SUMMARY = 'summary';

/** The input of a job on disk: its rows in order, and the distinct items among them. */
export class InputStore {
  readonly #database: Database;
  readonly #summary;
  readonly #rows;
  readonly #items;
  /** From the digest of an item to its place. */
  readonly #places;
  /** From an item to its rows, by keys `<place>/<row>`. */
  readonly #rowsOfItems;
  #counts = { rows: 0, invalid: 0, distinct: 0 };

  constructor(database: Database) {
    this.#database = database;
    this.#summary = database.sublevel<string, unknown>('summary', JSON_VALUES);
    this.#rows = database.sublevel<string, StoredRow>('rows', JSON_VALUES);
    this.#items = database.sublevel<string, BatchItem>('items', JSON_VALUES);
    this.#places = database.sublevel<string, number>('places', JSON_VALUES);
    this.#rowsOfItems = database.sublevel('rows-of-items');
  }

  /** `undefined` until {@link finish}. */
  async summary(): Promise<InputSummary | undefined> {
    return summarySchema.optional().parse(await this.#summary.get(SUMMARY));
  }

  /** Removes everything, to read the input again. */
  async clear(): Promise<void> {
    await this.#database.clear();
    this.#counts = { rows: 0, invalid: 0, distinct: 0 };
  }

  /** Adds the next rows of the input: all of them or none. */
  async add(rows: readonly InputRow[]): Promise<void> {
    const digests = rows.map(({ reading }) => ('item' in reading ? digestOf(reading.item) : ''));
    const places = new Map<string, number>();
    for (const [index, place] of (await this.#places.getMany(digests)).entries())
      if (place !== undefined) places.set(digests[index] ?? '', place);
    const batch = this.#database.batch();
    for (const [index, { cells, reading }] of rows.entries()) {
      const key = numberKey(this.#counts.rows++);
      if ('problem' in reading) {
        this.#counts.invalid += 1;
        batch.put(key, { cells, problem: reading.problem }, { sublevel: this.#rows });
        continue;
      }
      const digest = digests[index] ?? '';
      const place = places.get(digest) ?? this.#counts.distinct++;
      if (!places.has(digest)) {
        places.set(digest, place);
        batch.put(digest, place, { sublevel: this.#places });
        batch.put(numberKey(place), reading.item, { sublevel: this.#items });
      }
      batch.put(key, { cells, place }, { sublevel: this.#rows });
      batch.put(`${numberKey(place)}/${key}`, '', { sublevel: this.#rowsOfItems });
    }
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

  /** The distinct items from place `from` on, in the order of their first appearance. */
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

  /** The rows that have the items at these places, with their numbers. */
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
