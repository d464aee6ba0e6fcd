import { counted } from '../../../model/text.js';
import { UserError } from '../../errors.js';
import type { Columns } from '../columns.js';
import { readIndicator } from '../indicator/spelling.js';
import { fieldOf } from '../json/fields.js';
import { indicatorColumn, trimmed } from '../row.js';
import type { ReadingRequest, SourceRow } from '../row.js';
import { isPlace } from './first-line.js';

/** The columns of the rows below a header, or of rows without one. */
export interface Table {
  readonly header: readonly string[] | undefined;
  readonly width: number;
  /** The indices of the columns by their names in lower case. */
  readonly indices: ReadonlyMap<string, number>;
  /** The column that stands for the wanted one, if there is no header. */
  readonly alias: { readonly name: string; readonly index: number } | undefined;
  /** Where the values stand in the results; longer once a row had more values. */
  readonly places: (number | undefined)[];
  /** A column that rows above have, and that is needed. */
  readonly lacks?: string | undefined;
}

/** The table below a header, or of a first row without one. @throws UserError if nobody can tell which column is meant */
export function tableOf(
  name: string,
  header: readonly string[] | undefined,
  first: readonly string[],
  columns: Columns,
  { mapping, facts }: ReadingRequest,
): Table {
  const wanted = indicatorColumn(mapping);
  const lower = header?.map((cell) => trimmed(cell).toLowerCase()) ?? [];
  refuseTwice(name, lower, wanted);
  const places = columns.placesOf(header ?? first.map(() => ''));
  const own = places.map((place, index) => [place === undefined ? '' : (columns.names[place] ?? ''), index] as const);
  const named = lower.map((cell, index) => [cell, index] as const);
  const indices = new Map([...own, ...named].map(([cell, index]) => [cell.toLowerCase(), index]));
  const needsAlias = !header && mapping.column === undefined && !indices.has(wanted.toLowerCase());
  const alias = needsAlias ? { name: wanted, index: onlyFitting(name, first, facts.kinds) } : undefined;
  return { header, width: (header ?? first).length, indices, alias, places };
}

function refuseTwice(name: string, lower: readonly string[], wanted: string): void {
  const same = lower.flatMap((cell, index) => (cell === wanted.toLowerCase() ? [index + 1] : []));
  if (same.length < 2) return;
  const ways = waysOf(same.map((place) => `--column ${place}`));
  throw new UserError(`${name} has ${same.length} columns "${wanted}"; say which by its place: ${ways}.`, 2);
}

const SHOWN_WAYS = 5;

/** A table can have hundreds of thousands of columns, and nobody reads as many ways. */
function waysOf(ways: readonly string[]): string {
  return `${ways.slice(0, SHOWN_WAYS).join(' or ')}${ways.length > SHOWN_WAYS ? ' or …' : ''}`;
}

/** The place of the only value of the first row that can be sent. */
function onlyFitting(name: string, first: readonly string[], kinds: ReadingRequest['facts']['kinds']): number {
  const fitting = first.flatMap((cell, index) => (readIndicator(trimmed(cell), kinds) ? [index] : []));
  if (first.length === 1) return 0;
  const [index] = fitting;
  if (fitting.length === 1 && index !== undefined) return index;
  const places = fitting.length > 0 ? fitting : [0];
  const ways = waysOf(places.map((place) => `--no-header --column ${place + 1}`));
  throw new UserError(`${name} has no header, and nobody can tell which column is meant: say ${ways}.`, 2);
}

/** A row by the columns of its table. */
export function rowOf(cells: readonly string[], table: Table, columns: Columns): SourceRow {
  const { width, places, lacks } = table;
  const trimmedCells = cells.map(trimmed);
  while (trimmedCells.length > width && trimmedCells.at(-1) === '') trimmedCells.pop();
  const { length } = trimmedCells;
  return {
    cells: columns.cellsAt(trimmedCells, places),
    valueOf: (name) => {
      const index = indexOf(name, table);
      return index === undefined ? valueInCell(name, trimmedCells, table) : (trimmedCells[index] ?? '');
    },
    ...(length === width ? {} : { doubt: `The row has ${counted(length, 'value')}, and the header has ${width}.` }),
    ...(lacks === undefined ? {} : { problem: `The header above the row has no column "${lacks}".` }),
  };
}

/** The value at a path into the JSON in a cell, as `AuditData.ClientIP`. */
function valueInCell(path: string, cells: readonly string[], table: Table): unknown {
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const index = indexOf(path.slice(0, dot), table);
    const value = index === undefined ? undefined : fieldOf(cells[index], path.slice(dot + 1));
    if (value !== undefined) return value;
  }
  return undefined;
}

/** The index of a column, by its name or its place. */
export function indexOf(name: string, { width, indices, alias }: Table): number | undefined {
  if (!isPlace(name)) return indices.get(name.toLowerCase()) ?? (alias?.name === name ? alias.index : undefined);
  const place = Number(name);
  return place >= 1 && place <= width ? place - 1 : undefined;
}
