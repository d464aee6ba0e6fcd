import type { z } from 'zod';
import type { SoarRecord } from '../records.js';

/** One change to one table, as the journal keeps it. */
export type Change =
  { readonly table: string; readonly record: SoarRecord } | { readonly table: string; readonly deleted: number };

/** The reading side of a {@link Table}. */
export interface ReadonlyTable<T extends SoarRecord = SoarRecord> {
  /** SOAR's name of the resource, as in `/rest/<name>`. */
  readonly name: string;
  /** The fields that a filter or a sort may name. */
  readonly fields: ReadonlySet<string>;
  /** True for a field that may hold an object, whose keys a filter may then name. */
  holdsObject(field: string): boolean;
  get(id: number): T | undefined;
  /** All records in the order of their ids. */
  all(): T[];
}

type RecordSchema<T extends SoarRecord> = z.ZodType<T> & { readonly shape: Readonly<Record<string, z.ZodType>> };

/** The records of one resource by id. Every change is handed to `onChange`; ids count up from 1 and are never used twice. */
export class Table<T extends SoarRecord> implements ReadonlyTable<T> {
  readonly fields: ReadonlySet<string>;
  readonly #records = new Map<number, T>();
  #lastId = 0;

  constructor(
    readonly name: string,
    private readonly schema: RecordSchema<T>,
    private readonly onChange: (change: Change) => void,
  ) {
    this.fields = new Set(Object.keys(schema.shape));
  }

  holdsObject(field: string): boolean {
    return this.schema.shape[field]?.safeParse({}).success ?? false;
  }

  get size(): number {
    return this.#records.size;
  }

  get(id: number): T | undefined {
    return this.#records.get(id);
  }

  all(): T[] {
    return [...this.#records.values()];
  }

  /** Adds the record that `build` makes for the next free id. */
  insert(build: (id: number) => T): T {
    return this.put(build(this.#lastId + 1));
  }

  /** Adds a record made of untrusted fields; the schema fills in defaults. Throws a ZodError if a field does not fit. */
  create(fields: object): T {
    return this.put(this.schema.parse({ ...fields, id: this.#lastId + 1 }));
  }

  /** Replaces the record of the same id. */
  put(record: T): T {
    this.#keep(record);
    this.onChange({ table: this.name, record });
    return record;
  }

  /** Changes untrusted fields of a record. Throws a ZodError if one does not fit. */
  update(id: number, fields: object): T {
    return this.put(this.schema.parse({ ...this.get(id), ...fields, id }));
  }

  /** Takes a record away; its id stays used. */
  delete(id: number): void {
    this.#records.delete(id);
    this.onChange({ table: this.name, deleted: id });
  }

  /** Applies a change that the journal has kept; nothing is reported to `onChange`. */
  restore(change: { record: unknown } | { deleted: number }): void {
    if ('deleted' in change) this.#records.delete(change.deleted);
    else this.#keep(this.schema.parse(change.record));
  }

  #keep(record: T): void {
    this.#records.set(record.id, record);
    this.#lastId = Math.max(this.#lastId, record.id);
  }
}
