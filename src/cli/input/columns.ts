import { closest, distance } from 'fastest-levenshtein';
import { shellWord } from '../../model/text.js';
import { toSafeText } from '../../soar/soar-error.js';
import { UserError } from '../errors.js';
import { jsonText } from './json/lossless.js';
import { toCell, trimmed } from './row.js';
import type { Cell } from './row.js';

/** The columns of an input. Which of them is meant is chosen in row.ts; a table is cut into them in table/delimited.ts. */

/** Columns beyond these share one: each line could bring new ones. */
const MAX_COLUMNS = 500;
const REST = 'more_fields';

/** The names of an input's columns, each once, and a row's values in their order. */
export class Columns {
  readonly names: string[] = [];
  /** By the name as it stands in the input. */
  readonly #indices = new Map<string, number>();
  readonly #taken = new Set<string>();
  /** By the name: the number behind the next of that name. */
  readonly #numbers = new Map<string, number>();
  #restIndex: number | undefined;

  constructor(private readonly onOverflow: (message: string) => void) {}

  /** Adds a column under its name, or with a number behind if that is taken. Returns its index. */
  add(wanted: string): number {
    const name = trimmed(wanted) === '' ? `column_${this.names.length + 1}` : trimmed(wanted);
    let unique = name;
    for (let number = this.#numbers.get(name) ?? 2; this.#taken.has(unique); number += 1) {
      unique = `${name}_${number}`;
      this.#numbers.set(name, number + 1);
    }
    this.#taken.add(unique);
    return this.names.push(unique) - 1;
  }

  /** The places of a table's columns: those of their names, or new ones. Those beyond the most that there can be share one. */
  placesOf(header: readonly string[]): (number | undefined)[] {
    const own = new Columns(this.onOverflow);
    for (const name of header) own.add(name);
    const taken = new Set<number>();
    return own.names.map((name) => {
      const lower = name.toLowerCase();
      const known = this.names.findIndex((other, index) => other.toLowerCase() === lower && !taken.has(index));
      if (known < 0 && this.names.length >= MAX_COLUMNS) return undefined;
      const place = known < 0 ? this.add(name) : known;
      taken.add(place);
      return place;
    });
  }

  /** The cells of an object, by its fields. */
  cellsOf(fields: Readonly<Record<string, unknown>>): Cell[] {
    const cells: Cell[] = [];
    const rest: [string, unknown][] = [];
    for (const [name, value] of Object.entries(fields)) {
      const index = this.#indexOf(name);
      if (index === undefined) rest.push([name, value]);
      else cells[index] = toCell(value);
    }
    if (rest.length > 0) cells[this.#rest()] = [jsonText(Object.fromEntries(rest))];
    return Array.from(cells, (cell: Cell | undefined) => cell ?? '');
  }

  /** The cells of a row at the places of its columns; those behind the last column get columns of their own. */
  cellsAt(values: readonly unknown[], places: (number | undefined)[]): Cell[] {
    const cells: Cell[] = [];
    const rest: Cell[] = [];
    for (const [index, cell] of values.map(toCell).entries()) {
      if (index >= places.length) places.push(this.names.length < MAX_COLUMNS ? this.add('') : undefined);
      const place = places[index];
      if (place === undefined) rest.push(cell);
      else cells[place] = cell;
    }
    if (rest.length > 0) cells[this.#rest()] = [jsonText(rest)];
    return Array.from(cells, (cell: Cell | undefined) => cell ?? '');
  }

  #indexOf(name: string): number | undefined {
    const known = this.#indices.get(name);
    if (known !== undefined || this.names.length >= MAX_COLUMNS) return known;
    const index = this.add(name);
    this.#indices.set(name, index);
    return index;
  }

  #rest(): number {
    if (this.#restIndex === undefined) {
      this.#restIndex = this.add(REST);
      this.onOverflow(`There are more than ${MAX_COLUMNS} columns: the values of the others are in "${REST}".`);
    }
    return this.#restIndex;
  }
}

const SHOWN_COLUMNS = 10;
const SHOWN_CHARACTERS = 40;
/** A name as messages show it. */
export const quoted = (name: string): string => `"${toSafeText(name, SHOWN_CHARACTERS)}"`;

/** What an input has instead of a column that is missing. */
export interface Missing {
  /** What messages call the input. */
  readonly name: string;
  /** The option that names the column. */
  readonly option: string;
  readonly wanted: string;
  readonly columns: readonly string[];
  /** Columns whose values fit. */
  readonly fitting?: readonly string[];
  /** Lists whose members have it. */
  readonly lists?: readonly string[];
}

/** The error for a column that is not there: which there are, and what to say instead. */
export function noColumn({ name, option, wanted, columns, fitting = [], lists = [] }: Missing): UserError {
  const shown = columns.slice(0, SHOWN_COLUMNS).map(quoted);
  const more = columns.length > SHOWN_COLUMNS ? ` and ${columns.length - SHOWN_COLUMNS} more` : '';
  const has = `${name} has no column ${quoted(wanted)}; its columns are ${shown.join(', ')}${more}`;
  return new UserError(`${has}: ${adviceFor(option, fitting[0] ?? likelyColumn(wanted, columns))}${inLists(lists)}`, 2);
}

/** The error for an object by indicator, if rows are expected. */
export function valuesAsNames(name: string, [example = '']: readonly string[]): UserError {
  const jq = `jq 'to_entries' ${shellWord(name)} > rows.json`;
  return new UserError(
    `${name} has names where values are expected, as ${quoted(example)}. Make rows: ${jq}; then --column key.`,
    2,
  );
}

function adviceFor(option: string, suggestion: string | undefined): string {
  const condition = option === '--where' ? '=VALUE' : '';
  if (suggestion === undefined) return `say ${option} NAME${condition}, with the name of one of them.`;
  return `did you mean ${option} ${shellWord(suggestion)}${condition}?`;
}

function inLists([list]: readonly string[]): string {
  return list === undefined ? '' : ` A list inside has it; for a row a member, say --rows ${shellWord(list)}.`;
}

function likelyColumn(wanted: string, columns: readonly string[]): string | undefined {
  const lower = new Map(columns.map((column) => [column.toLowerCase(), column]));
  const part = [...lower.keys()].find((column) => column.split(/[^a-z0-9]+/).includes(wanted.toLowerCase()));
  if (part !== undefined) return lower.get(part);
  if (lower.size === 0) return undefined;
  const found = closest(wanted.toLowerCase(), [...lower.keys()]);
  return distance(wanted.toLowerCase(), found) <= Math.max(1, wanted.length / 3) ? lower.get(found) : undefined;
}
