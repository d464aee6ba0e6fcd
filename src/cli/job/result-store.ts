import { z } from 'zod';
import type { ItemRow } from './item-row.js';
import { numberKey } from './database.js';
import type { Database } from './database.js';

/** The last word on an item so far. */
export interface StoredResult {
  /** Number of the child it came from: of an item that was run again, the higher one counts. */
  readonly child: number;
  readonly row: ItemRow;
  /** The process that has given it out already, where one has. */
  readonly givenOutBy?: string;
}

/** How far the work on a job is. */
export interface Marks {
  /** Items the workflow has. */
  readonly sent: number;
  /** True once the workflow knows that no more come. */
  readonly closed: boolean;
  /** The results of all children below this number are here. */
  readonly followed: number;
}

const marksSchema = z.object({ sent: z.int(), closed: z.boolean(), followed: z.int() });
const NO_MARKS: Marks = { sent: 0, closed: false, followed: 0 };
const MARKS = 'marks';
const json = { valueEncoding: 'json' } as const;

/** What has come of a job's items so far, on disk, and how far the work is. */
export class ResultStore {
  readonly #results;
  readonly #marks;
  /** Children are read several at once; what they write is compared with what is there, one after the other. */
  #writing: Promise<unknown> = Promise.resolve();

  constructor(database: Database) {
    this.#results = database.sublevel<string, StoredResult>('results', json);
    this.#marks = database.sublevel<string, unknown>('marks', json);
  }

  async marks(): Promise<Marks> {
    return marksSchema.optional().parse(await this.#marks.get(MARKS)) ?? NO_MARKS;
  }

  /** Notes how far the work is. */
  setMarks(change: Partial<Marks>): Promise<void> {
    return this.#oneByOne(async () => this.#marks.put(MARKS, { ...(await this.marks()), ...change }));
  }

  /**
   * Takes the rows that a child has for some places, unless a higher child had them before.
   *
   * @param givenOutBy who gives out at once the rows of items that have succeeded
   * @returns the places whose rows were taken and are to be given out now
   */
  put(child: number, rows: ReadonlyMap<number, ItemRow>, givenOutBy?: string): Promise<number[]> {
    return this.#oneByOne(async () => {
      const places = [...rows.keys()];
      const known = await this.#results.getMany(places.map(numberKey));
      const batch = this.#results.batch();
      const toGiveOut: number[] = [];
      for (const [index, place] of places.entries()) {
        const row = rows.get(place);
        if (!row || !counts(child, known[index], givenOutBy)) continue;
        const isGivenOut = givenOutBy !== undefined && hasSucceeded(row);
        if (isGivenOut) toGiveOut.push(place);
        batch.put(numberKey(place), { child, row, ...(isGivenOut ? { givenOutBy } : {}) });
      }
      await batch.write();
      return toGiveOut;
    });
  }

  /** What is known of some places, in their order. */
  get(places: readonly number[]): Promise<(StoredResult | undefined)[]> {
    return this.#results.getMany(places.map(numberKey));
  }

  /** Forgets everything. */
  clear(): Promise<void> {
    return this.#oneByOne(async () => {
      await this.#results.clear();
      await this.#marks.clear();
    });
  }

  #oneByOne<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#writing.then(work);
    this.#writing = done.catch(() => undefined);
    return done;
  }
}

function counts(child: number, known: StoredResult | undefined, givenOutBy: string | undefined): boolean {
  if (!known) return true;
  const isGivenOut = givenOutBy !== undefined && known.givenOutBy === givenOutBy;
  return child >= known.child && !isGivenOut;
}

/** True for a row that no later child changes. */
function hasSucceeded({ status }: ItemRow): boolean {
  return status === 'success' || status === 'reused';
}
