import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { BatchItem } from '../../contracts/enrich-batch.js';
import { canonicalJson } from '../../model/json.js';
import type { Ranges } from '../../model/batch/ranges.js';
import type { Cell, InputNotes, InputRow } from '../input/row.js';
import { JSON_VALUES, keyRange, numberKey } from './database.js';
import type { Database } from './database.js';

/** An input row on disk: the places of its items among the distinct items, or why it has none. */
export type StoredRow = { readonly cells: readonly Cell[] } & (
  | { readonly place: number }
  | { readonly places: readonly number[] }
  | { readonly problem: string; readonly isSkipped?: true }
);

/** The places of a row's items. */
export function placesOf(row: StoredRow): readonly number[] {
  if ('place' in row) return [row.place];
  return 'places' in row ? row.places : [];
}

const summarySchema = z.object({
  columns: z.array(z.string()),
  rows: z.int(),
  invalid: z.int(),
  distinct: z.int(),
  // Absent in what an older version has stored.
  skipped: z.int().default(0),
  changes: z.record(z.string(), z.int()).default({}),
  remarks: z.array(z.string()).default([]),
  incomplete: z.string().optional(),
});

/** What an input holds, once all of it has been read. */
export interface InputSummary {
  readonly columns: readonly string[];
  readonly rows: number;
  /** Rows without an item. */
  readonly invalid: number;
  /** Different items. */
  readonly distinct: number;
  /** Rows that are not wanted. */
  readonly skipped: number;
  /** How often values were changed before they are sent, by what was done. */
  readonly changes: Readonly<Record<string, number>>;
  /** What a person should know of the input, in sentences. */
  readonly remarks: readonly string[];
  /** Why the rest of the input could not be read, if it could not. */
  readonly incomplete?: string | undefined;
}

const NOTHING = { rows: 0, invalid: 0, skipped: 0, distinct: 0 };

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
  #counts = { ...NOTHING };

  /** @param limit at most so many different items are taken */
  constructor(
    database: Database,
    private readonly limit = Infinity,
  ) {
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
    this.#counts = { ...NOTHING };
  }

  /** Adds the next rows of the input: all of them or none. */
  async add(rows: readonly InputRow[]): Promise<void> {
    const digests = rows.map(({ reading }) => ('items' in reading ? reading.items.map(digestOf) : []));
    const places = await this.#knownPlaces([...new Set(digests.flat())]);
    const batch = this.#database.batch();
    for (const [index, row] of rows.entries()) {
      const key = numberKey(this.#counts.rows++);
      const stored = this.#place(row, digests[index] ?? [], places, batch);
      batch.put(key, stored, { sublevel: this.#rows });
      if ('problem' in stored) this.#counts[stored.isSkipped ? 'skipped' : 'invalid'] += 1;
      // A row of several items has no result of its own before all of them have.
      if ('place' in stored) batch.put(`${numberKey(stored.place)}/${key}`, '', { sublevel: this.#rowsOfItems });
    }
    await batch.write();
  }

  async #knownPlaces(digests: readonly string[]): Promise<Map<string, number>> {
    const places = new Map<string, number>();
    for (const [index, place] of (await this.#places.getMany([...digests])).entries())
      if (place !== undefined) places.set(digests[index] ?? '', place);
    return places;
  }

  #place(
    { cells, reading }: InputRow,
    digests: readonly string[],
    places: Map<string, number>,
    batch: ReturnType<Database['batch']>,
  ): StoredRow {
    if ('problem' in reading) return { cells, ...reading };
    const fresh = new Set(digests.filter((digest) => !places.has(digest)));
    if (this.#counts.distinct + fresh.size > this.limit)
      return { cells, problem: `Not sent: it is beyond the first ${this.limit}.`, isSkipped: true };
    const own = digests.map((digest, index) => {
      const known = places.get(digest);
      if (known !== undefined) return known;
      const place = this.#counts.distinct++;
      places.set(digest, place);
      batch.put(digest, place, { sublevel: this.#places });
      batch.put(numberKey(place), reading.items[index] ?? {}, { sublevel: this.#items });
      return place;
    });
    const [first = 0, ...others] = new Set(own);
    return others.length > 0 ? { cells, places: [first, ...others] } : { cells, place: first };
  }

  /** Notes that the input has been read to its end. */
  async finish(columns: readonly string[], { changes, remarks, incomplete }: InputNotes): Promise<InputSummary> {
    const summary = {
      columns: [...columns],
      ...this.#counts,
      changes: Object.fromEntries(changes),
      remarks,
      ...(incomplete === undefined ? {} : { incomplete }),
    };
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
