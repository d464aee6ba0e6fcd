import { asObject, fieldOf, hoisted, isTuple } from './fields.js';

/** The rows in a document. */
export type RowsOf = (document: unknown) => readonly unknown[];

/** The names under which answers of APIs and exports keep their rows, most likely first. */
export const WRAPPERS = [
  'Records',
  'value',
  'objects',
  'response',
  'results',
  'result',
  'data',
  'items',
  'events',
  'hits.hits',
];

/**
 * What the rows are if documents come one behind the other: each document, and of a list its members. Documents that are
 * known to be nothing but a list under one of the usual names give its members.
 *
 * @param documents the first ones
 */
export function rowsOfEach(documents: readonly unknown[], column: string): RowsOf {
  const isWrapped = (path: string): boolean =>
    documents.every((document) => wrappedIn(document, path, column) !== undefined) &&
    documents.some((document) => wrappedIn(document, path, column)?.some((member) => has(member, column)));
  const wrapper = WRAPPERS.find(isWrapped);
  return (document) => {
    const wrapped = wrapper === undefined ? undefined : wrappedIn(document, wrapper, column);
    return wrapped ?? membersOf(document, column);
  };
}

function membersOf(document: unknown, column: string): readonly unknown[] {
  const isList = Array.isArray(document) && document.length > 0 && !isTuple(document, column);
  return isList ? document : [document];
}

/** The list of a document that has nothing else but single values. A search's answer has facts about the search. */
function wrappedIn(document: unknown, path: string, column: string): readonly unknown[] | undefined {
  const object = asObject(document);
  const list = object && fieldOf(object, path);
  if (!object || !isListOfObjects(list)) return undefined;
  const own = fieldOf(object, column);
  const isRow = own !== undefined && own !== list;
  const isAlone = Object.values(object).every((value) => value === list || typeof value !== 'object' || value === null);
  return !isRow && (isAlone || path === 'hits.hits') ? list : undefined;
}

function has(member: unknown, column: string): boolean {
  const object = asObject(member);
  return object !== undefined && fieldOf(hoisted(object), column) !== undefined;
}

function isListOfObjects(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0 && value.every((member) => asObject(member));
}

/** The values at a path of {@link findRows} in a document. */
export function valuesAt(document: unknown, path: string): readonly unknown[] {
  return path === '' ? [document] : follow(document, path.split('.'));
}

function follow(value: unknown, [first, ...rest]: readonly string[]): unknown[] {
  if (first === undefined) return [value];
  const inner = Array.isArray(value) ? value : asObject(value);
  if (!inner) return [];
  if (first === '*') return Object.values(inner).flatMap((member) => follow(member, rest));
  const own = new Map<string, unknown>(Object.entries(inner));
  return own.has(first) ? follow(own.get(first), rest) : [];
}
