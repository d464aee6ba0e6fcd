import { JSONParser } from '@streamparser/json';
import { UserError } from '../../errors.js';
import { asObject, fieldOf } from './fields.js';

/** Where rows can be, most likely first, where no object of the document has the column. */
const USUAL = [
  '*',
  'Records.*',
  'value.*',
  'objects.*',
  'response.*',
  'results.*',
  'data.*',
  'items.*',
  'events.*',
  'hits.hits.*',
];

/**
 * Where the rows of a document are: the lists whose members have the column, none of them inside another; else a usual place.
 * A path is that of `@streamparser/json` without its `$.`; the empty one is the document itself.
 *
 * @param head the beginning of the document
 * @param wanted the path that the caller names, as `hits.hits[]._source`
 * @throws UserError where the caller's path is not in it
 */
export function findRows(name: string, head: string, column: string, wanted?: string): string[] {
  const { lists, bearing } = survey(head, column);
  if (wanted !== undefined) return [pathOf(name, wanted, lists)];
  const outermost = [...bearing].filter(
    (path) => ![...bearing].some((other) => other !== path && isInside(path, other)),
  );
  if (outermost.length > 0) return outermost;
  const usual = USUAL.find((path) => lists.has(path));
  if (usual !== undefined) return [usual];
  return lists.size === 1 ? [...lists] : [''];
}

/** A list of this path as the option takes it. */
function asOption(path: string): string {
  return path.replace(/\.?\*/g, '[]');
}

function isInside(path: string, other: string): boolean {
  return other === '' || path.startsWith(`${other}.`);
}

function pathOf(name: string, wanted: string, lists: ReadonlySet<string>): string {
  const path = wanted
    .replace(/^\$\.?/, '')
    .replace(/\[\*?\]/g, '.*')
    .replace(/^\./, '');
  if (!path.endsWith('*') && lists.has(`${path}.*`)) return `${path}.*`;
  const isThere = [...lists].some((list) => list === path || isInside(path, list));
  if (isThere || lists.size === 0) return path;
  const shown = [...lists].slice(0, 5).map((list) => `--rows '${asOption(list)}'`);
  throw new UserError(`${name} has nothing at --rows ${wanted}; its lists are ${shown.join(', ')}.`, 2);
}

interface Survey {
  readonly lists: ReadonlySet<string>;
  /** Paths of objects that have the column: members of a list, or the whole. */
  readonly bearing: ReadonlySet<string>;
}

function survey(head: string, column: string): Survey {
  const lists = new Set<string>();
  const bearing = new Set<string>();
  const parser = new JSONParser({ separator: '' });
  parser.onValue = ({ value, key, stack }) => {
    const keys = key === undefined ? [] : [...stack.slice(1).map((one) => one.key), key];
    const path = keys.map((one) => (typeof one === 'number' ? '*' : String(one))).join('.');
    if (path.endsWith('*')) lists.add(path);
    const row = path.endsWith('*._source') ? path.slice(0, -'._source'.length) : path;
    if ((row === '' || row.endsWith('*')) && asObject(value) && fieldOf(value, column) !== undefined) bearing.add(row);
  };
  // The head may be cut, or be no JSON: the reading will tell.
  parser.onError = () => undefined;
  parser.write(head);
  return { lists, bearing };
}
