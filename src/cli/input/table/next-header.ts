import { UserError } from '../../errors.js';
import { quoted } from '../columns.js';
import { indicatorColumn, trimmed } from '../row.js';
import type { ReadingRequest } from '../row.js';
import { isPlace, isSame } from './first-line.js';
import { isKnownName, isName } from './names.js';
import { bare, cellsOf, namedFields } from './shape.js';
import { indexOf } from './table.js';
import type { Table } from './table.js';

const SHOWN_NAMES = 5;
/** Some names, as messages show them. */
export const shownNames = (names: readonly string[]): string => names.slice(0, SHOWN_NAMES).map(quoted).join(', ');

/** The header in a comment among the rows, if it is one. */
export function headerInComment(
  comment: string,
  delimiter: string,
  table: Table,
  request: ReadingRequest,
): readonly string[] | undefined {
  const fields = namedFields([comment])?.fields;
  if (fields) return fields;
  const names = cellsOf(bare(comment), delimiter);
  return names.length > 1 && isHeader(names, table, request) ? names : undefined;
}

/**
 * True for a row that is a header: it repeats the one above; or it has nothing but names, of which the wanted one is one, and
 * most of which tables have.
 *
 * @throws UserError if it may be a header without the wanted column: nobody can tell what the rows below are
 */
export function isHeaderRow(
  name: string,
  row: number,
  cells: readonly string[],
  table: Table,
  request: ReadingRequest,
): boolean {
  const names = cells.map((cell) => bare(trimmed(cell)));
  if (request.rules.noHeader || !isHeader(names, table, request)) return false;
  const wanted = indicatorColumn(request.mapping);
  if (isRepeated(names, table) || isPlace(wanted) || names.some((cell) => isSame(cell, wanted))) return true;
  const what = `${name} has ${shownNames(names)} behind row ${row}, which may be a second header, without a column "${wanted}"`;
  throw new UserError(`${what}: if it is one, make two files of it; if not, take that line out.`, 2);
}

/** True for the names of the header above, in whatever case. */
export function isRepeated(names: readonly string[], { header = [] }: Table): boolean {
  const [some, others] = [names, header].map((each) =>
    each
      .map((cell) => trimmed(cell).toLowerCase())
      .join('\n')
      .trimEnd(),
  );
  return some === others && header.length > 0;
}

function isHeader(names: readonly string[], table: Table, { mapping, facts }: ReadingRequest): boolean {
  if (isRepeated(names, table)) return true;
  const own = names.filter((cell) => cell !== '');
  if (own.length < 2 || own.length < names.length - 1 || !areDistinctNames(own)) return false;
  const wanted = indicatorColumn(mapping);
  const isWanted = (cell: string): boolean => isSame(cell, wanted);
  const known = own.filter(
    (cell) => isKnownName(cell) || isWanted(cell) || table.indices.has(cell.toLowerCase()),
  ).length;
  if (isAnyText(facts.kinds) || !own.some(isWanted)) return known === own.length;
  return known * 2 > own.length || isWanted(names[indexOf(wanted, table) ?? -1] ?? '');
}

/** Any text can be the value of such a parameter. */
function isAnyText(kinds: ReadingRequest['facts']['kinds']): boolean {
  return kinds.length === 0 || kinds.includes('host name');
}

function areDistinctNames(names: readonly string[]): boolean {
  return new Set(names.map((name) => name.toLowerCase())).size === names.length && names.every(isName);
}

/** The column of a request that a later header does not have. @throws UserError if a column is named by a place in another header */
export function lackingIn(
  name: string,
  names: readonly string[],
  { mapping, rules }: ReadingRequest,
): string | undefined {
  const wanted = [indicatorColumn(mapping), ...mapping.perRow, ...(rules.where ?? []).map(({ column }) => column)];
  const place = wanted.find(isPlace);
  if (place !== undefined) {
    const why = `${name} has several headers, the last of them ${shownNames(names)}: a place can mean several columns`;
    throw new UserError(`${why}. Say the name of column ${place}, or make a file of each part.`, 2);
  }
  return wanted.find((column) => !names.some((cell) => isSame(trimmed(cell), column)));
}
