import { z } from 'zod';
import { JSON_VALUES, numberKey } from './database.js';
import type { Database } from './database.js';
import type { ItemRow } from './item-row.js';

/** The latest result of an item. */
export interface StoredResult {
  /** The child it came from. If an item was run again, the higher child counts. */
  readonly child: number;
  readonly row: ItemRow;
  /** The process that has given it out already, if any. */
  readonly givenOutBy?: string;
}

const checkpointSchema = z.object({ sent: z.int(), closed: z.boolean(), followed: z.int() });

/** How far the work on a job is. */
export interface Checkpoint {
  /** The number of items that the workflow has. */
  readonly sent: number;
  /** True once the workflow knows that no more items come. */
  readonly closed: boolean;
  /** The results of all children below this number are here. */
  readonly followed: number;
}

const START: Checkpoint = { sent: 0, closed: false, followed: 0 };
const CHECKPOINT = 'marks';

/** The results of a job's items on disk, and how far the work is. */
export class ResultStore {
  readonly #results;
  readonly #checkpoint;
  /** Children are read in parallel, but their results are compared with the stored ones one after the other. */
  #writing: Promise<unknown> = Promise.resolve();

  constructor(database: Database) {
    this.#results = database.sublevel<string, StoredResult>('results', JSON_VALUES);
    this.#checkpoint = database.sublevel<string, unknown>('marks', JSON_VALUES);
  }

  async checkpoint(): Promise<Checkpoint> {
    return checkpointSchema.optional().parse(await this.#checkpoint.get(CHECKPOINT)) ?? START;
  }

  /** Changes part of the checkpoint. */
  saveCheckpoint(change: Partial<Checkpoint>): Promise<void> {
    return this.#oneByOne(async () => this.#checkpoint.put(CHECKPOINT, { ...(await this.checkpoint()), ...change }));
  }

  /**
   * Stores a child's rows by the places of their items, unless a higher child has stored one before.
   *
   * @param givenOutBy the process that gives out the rows of successful items at once
   * @returns the places whose rows were stored and are to be given out now
   */
  put(child: number, rows: ReadonlyMap<number, ItemRow>, givenOutBy?: string): Promise<number[]> {
    return this.#oneByOne(async () => {
      const places = [...rows.keys()];
      const known = await this.#results.getMany(places.map(numberKey));
      const batch = this.#results.batch();
      const toGiveOut: number[] = [];
      for (const [index, place] of places.entries()) {
        const row = rows.get(place);
        if (!row || !isNewer(child, known[index], givenOutBy)) continue;
        // No later child changes the row of a successful item.
        const isFinal = row.status === 'success' || row.status === 'reused';
        const isGivenOut = givenOutBy !== undefined && isFinal;
        if (isGivenOut) toGiveOut.push(place);
        batch.put(numberKey(place), { child, row, ...(isGivenOut ? { givenOutBy } : {}) });
      }
      await batch.write();
      return toGiveOut;
    });
  }

  /** The results at some places, in their order. */
  get(places: readonly number[]): Promise<(StoredResult | undefined)[]> {
    return this.#results.getMany(places.map(numberKey));
  }

  /** Removes all results and the checkpoint. */
  clear(): Promise<void> {
    return this.#oneByOne(async () => {
      await this.#results.clear();
      await this.#checkpoint.clear();
    });
  }

  #oneByOne<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#writing.then(work);
    this.#writing = done.catch(() => undefined);
    return done;
  }
}

function isNewer(child: number, known: StoredResult | undefined, givenOutBy: string | undefined): boolean {
  if (!known) return true;
  const isGivenOut = givenOutBy !== undefined && known.givenOutBy === givenOutBy;
  return child >= known.child && !isGivenOut;
}
