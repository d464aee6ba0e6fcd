import { z } from 'zod';
import { hasSucceeded } from '../../model/batch/row-status.js';
import type { RowStatus } from '../../model/batch/row-status.js';
import { isSuccess } from '../../model/run-state.js';
import type { RowContent } from '../../rows/contents.js';
import { JSON_VALUES, numberKey } from './database.js';
import type { Database } from './database.js';

/** The result of one item. */
export interface ItemRow {
  readonly status: RowStatus;
  readonly message: string;
  /** The scalar fields of the result's first data entry. */
  readonly fields: Readonly<Record<string, string>>;
  /** The action_run that ran the item; `null` if SOAR never had it, or if the result is an earlier run's. */
  readonly actionRunId: number | null;
  /** The earlier action_run that the result was taken from. */
  readonly reusedFrom: number | null;
}

/** The row of an item as the outputs have it. */
export function itemRow({ status, message, results, actionRunId }: RowContent): ItemRow {
  const shown = results.find((result) => !isSuccess(result.status)) ?? results[0];
  const data: unknown = shown?.data;
  const fields = scalarFields(Array.isArray(data) ? data[0] : data);
  const where =
    status === 'reused' ? { actionRunId: null, reusedFrom: actionRunId } : { actionRunId, reusedFrom: null };
  return { status, message, fields, ...where };
}

function scalarFields(entry: unknown): Record<string, string> {
  if (typeof entry !== 'object' || entry === null) return {};
  const scalars = Object.entries(entry).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value));
  return Object.fromEntries(scalars.map(([name, value]) => [name, String(value)]));
}

/** Worst first: a row of several items has the status of the worst. */
const BY_HARM: readonly RowStatus[] = [
  'failed',
  'unread',
  'gone',
  'cancelled',
  'invalid',
  'skipped',
  'success',
  'reused',
];

/** The one row of several items: what they have in common once, what differs one behind the other. */
export function mergedRow(rows: readonly ItemRow[], names: readonly string[]): ItemRow | undefined {
  const [first] = rows;
  if (!first || rows.length === 1) return first;
  const ids = (key: 'actionRunId' | 'reusedFrom'): number | null =>
    rows.find((row) => row[key] !== null)?.[key] ?? null;
  return {
    status: BY_HARM.find((status) => rows.some((row) => row.status === status)) ?? first.status,
    message: rows.map(({ message }, index) => `${names[index] ?? ''}: ${message}`).join('; '),
    fields: mergedFields(rows),
    actionRunId: ids('actionRunId'),
    reusedFrom: ids('reusedFrom'),
  };
}

function mergedFields(rows: readonly ItemRow[]): Record<string, string> {
  const fields = new Map<string, Set<string>>();
  for (const [name, value] of rows.flatMap((row) => Object.entries(row.fields)))
    fields.set(name, (fields.get(name) ?? new Set()).add(value));
  return Object.fromEntries([...fields].map(([name, values]) => [name, [...values].join('; ')]));
}

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
        const isGivenOut = givenOutBy !== undefined && hasSucceeded(row.status);
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
