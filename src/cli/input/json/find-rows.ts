import { JSONParser } from '@streamparser/json';
import { UserError } from '../../errors.js';
import { MAX_INPUT_DEPTH } from '../../../model/json.js';
import { shellWord } from '../../../model/text.js';
import { asObject, fieldOf } from './fields.js';
import { WRAPPERS } from './rows-of.js';

/** Where rows can be, most likely first, if no object of the document has the column. */
const USUAL = WRAPPERS.map((path) => `${path}.*`);

/** A JSON text's beginning, and the path in it that the caller names, as `hits.hits[]._source`. */
export interface Wanted {
  /** What messages call the text. */
  readonly name: string;
  readonly head: string;
  readonly rows?: string | undefined;
}

/**
 * Where the rows of a single value are: the members of a list; of an object, the lists whose members have the column, none of
 * them inside another; else a usual place. A path is that of `@streamparser/json` without its `$.`; the empty one is the whole.
 *
 * @throws UserError if the caller's path is not in it
 */
export function findRows(wanted: Wanted, seen: Survey): string[] {
  const paths = likeliest(wanted, seen);
  const unnameable = paths.find((path) => !isNameable(path));
  if (unnameable !== undefined) throw notNameable(wanted.name, unnameable);
  return paths;
}

function likeliest({ name, head, rows }: Wanted, { lists, bearing }: Survey): string[] {
  if (rows !== undefined) return [pathOf(name, rows, lists)];
  if (/^[\s\uFEFF]*\[/.test(head)) return ['*'];
  const outermost = outermostOf(bearing);
  if (outermost.length > 0) return outermost;
  const usual = USUAL.find((path) => lists.has(path));
  if (usual !== undefined) return [usual];
  return lists.size === 1 ? [...lists] : [''];
}

/** The lists inside rows whose members have the column, as the option takes them; none if a row has it itself. */
export function listsWith({ bearing }: Survey): string[] {
  return bearing.has('') || bearing.has('*') ? [] : outermostOf(bearing).filter(isNameable).map(asOption);
}

/** What stands in a path for a dot in a name, and for a name without a character: the parser has no word for them. */
const [DOT, EMPTY] = ['\u0000', '\u0001'];

function inPath(key: string | number | undefined): string {
  return typeof key === 'number' ? '*' : String(key).replaceAll('.', DOT) || EMPTY;
}

function isNameable(path: string): boolean {
  return !path.includes(DOT) && !path.includes(EMPTY);
}

function notNameable(name: string, path: string): UserError {
  const steps = path.split('.').filter((step) => step !== '*');
  const names = steps.map((step) => JSON.stringify(step.replaceAll(DOT, '.').replace(EMPTY, '')));
  const jq = `jq ${shellWord(`.${names.map((each) => `[${each}]`).join('')}`)} ${shellWord(name)} > rows.json`;
  const why = `the list of rows is at ${names.join(' in ')}, which no path can say`;
  return new UserError(`${name} cannot be read as it is: ${why}. Take it out: ${jq}.`, 2);
}

function outermostOf(paths: ReadonlySet<string>): string[] {
  return [...paths].filter((path) => ![...paths].some((other) => other !== path && isInside(path, other)));
}

/** A path as the option takes it. */
export function asOption(path: string): string {
  return path === '' ? '$' : path.replace(/\.?\*/g, '[]');
}

/** What to say of documents that have nothing at the path. */
export function withoutRows(count: number, rows: string): string {
  return `${count} document${count === 1 ? ' has' : 's have'} nothing at --rows ${rows}.`;
}

function isInside(path: string, other: string): boolean {
  return other === '' || path.startsWith(`${other}.`);
}

/** The caller's path as a path of {@link findRows}. @throws UserError if it is not in the text */
export function pathOf(name: string, wanted: string, lists: ReadonlySet<string>): string {
  const path = wanted
    .replace(/^\$\.?/, '')
    .replace(/\[\*?\]/g, '.*')
    .replace(/^\./, '');
  if (/\.(\.|$)/.test(path)) throw new UserError(`--rows ${wanted}: a name between dots is missing.`, 2);
  if (!path.endsWith('*') && lists.has(`${path}.*`)) return `${path}.*`;
  const isThere = [...lists].some((list) => list === path || isInside(path, list));
  if (path === '' || isThere || lists.size === 0) return path;
  const shown = [...lists]
    .filter(isNameable)
    .slice(0, 5)
    .map((list) => `--rows '${asOption(list)}'`);
  throw new UserError(`${name} has nothing at --rows ${wanted}; its lists are ${shown.join(', ')}.`, 2);
}

/** The lists in the beginning of a JSON text. */
export interface Survey {
  readonly lists: ReadonlySet<string>;
  /** Paths of objects that have the column: members of a list, or the whole. */
  readonly bearing: ReadonlySet<string>;
}

export function survey(head: string, column: string): Survey {
  const lists = new Set<string>();
  const bearing = new Set<string>();
  const parser = new JSONParser({ separator: '' });
  parser.onValue = ({ value, key, stack }) => {
    // No row is so deep; and the path of every value would take time by the square of the depth.
    if (stack.length > MAX_INPUT_DEPTH) return;
    const keys = key === undefined ? [] : [...stack.slice(1).map((one) => one.key), key];
    const path = keys.map(inPath).join('.');
    if (path.endsWith('*')) lists.add(path);
    const row = path.endsWith('*._source') ? path.slice(0, -'._source'.length) : path;
    if ((row === '' || row.endsWith('*')) && asObject(value) && fieldOf(value, column) !== undefined) bearing.add(row);
  };
  // The head may be cut, or be no JSON: the reading will tell.
  parser.onError = () => undefined;
  parser.write(head);
  return { lists, bearing };
}
