import { isNoValue } from '../indicator/values.js';
import { isCertainValue, isKnownName, isName, sortOf } from './names.js';

/**
 * What a table's first line is. `named`: it has the wanted name. `likely`: it has names over values, or names that tables have;
 * `unlikely`: nothing speaks against it. `unclear`: it looks like the lines below as well.
 */
export type FirstLine = 'named' | 'likely' | 'unlikely' | 'unclear' | 'values';

/** A column's cell in the first line, and what stands below. */
interface Pair {
  readonly first: string;
  readonly below: readonly string[];
}

/** What the first line of a table is, by the lines below. @param wanted the column that is looked for; a number is a place */
export function judgeFirstLine(
  first: readonly string[],
  rows: readonly (readonly string[])[],
  wanted: string,
  isBetweenBlanks: boolean,
): FirstLine {
  const pairs = first.map((cell, index) => ({
    first: cell,
    below: rows.map((row) => row[index] ?? '').filter(isThere),
  }));
  const own = isPlace(wanted) ? undefined : pairs.find((pair) => isSame(pair.first, wanted));
  const isOverValues = own !== undefined && isUnlike(own);
  const isRow = pairs.some(isValueAmongValues) || (own !== undefined && isRepeated(own));
  if (isRow) return isOverValues ? 'unclear' : 'values';
  if (isOverValues) return 'named';
  if (pairs.some((pair) => isLike(pair, 'a number'))) return 'unclear';
  return amongTexts(pairs, own !== undefined, isPlace(wanted), isBetweenBlanks);
}

function amongTexts(
  pairs: readonly Pair[],
  isNamed: boolean,
  isNumbered: boolean,
  isBetweenBlanks: boolean,
): FirstLine {
  const isKnown = pairs.every(({ first }) => isKnownName(first));
  if (isNamed) return isKnown || !isBetweenBlanks ? 'named' : 'unlikely';
  if (isKnown || pairs.some(isUnlike)) return 'likely';
  return isNumbered ? 'unclear' : 'unlikely';
}

function isValueAmongValues(pair: Pair): boolean {
  return isCertainValue(pair.first) || isLike(pair, 'a time');
}

/** A type that is called like the wanted column stands in the lines below, too. */
function isRepeated(pair: Pair): boolean {
  return mostOf(pair, (cell) => isSame(cell, pair.first));
}

/** True for a column that is named by its place. */
export function isPlace(column: string): boolean {
  return /^\d+$/.test(column);
}

/** Names are compared without regard to case. */
export function isSame(name: string, other: string): boolean {
  return name.toLowerCase() === other.toLowerCase();
}

const isThere = (cell: string): boolean => !isNoValue(cell, { kinds: [] });

function mostOf({ below }: Pair, is: (cell: string) => boolean): boolean {
  return below.length > 0 && below.filter(is).length * 2 >= below.length;
}

function isLike(pair: Pair, sort: string): boolean {
  return sortOf(pair.first) === sort && mostOf(pair, (cell) => sortOf(cell) === sort);
}

/** A name over values, and a number over what is none. */
function isUnlike(pair: Pair): boolean {
  const isNamed = pair.first !== '' && (isName(pair.first) || sortOf(pair.first) === 'a number');
  return isNamed && mostOf(pair, (cell) => sortOf(cell) !== undefined && sortOf(cell) !== sortOf(pair.first));
}
