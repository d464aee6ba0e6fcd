import { sample } from '../../unit/contracts/soar/samples.js';
import { APP_RUN_PAGE } from './app-run-page.js';
import { APPROVAL_PAGE } from './approval-page.js';
import type { Fields, JsonType } from './fields.js';
import { fieldsOf, isAllowed } from './fields.js';
import type { PageBody, TableRow } from './page-body.js';
import { RUN_ACTION_PAGE } from './run-action-page.js';

/** Every JSON body of both reference pages, in the order of the pages. */
export const PAGE_BODIES: readonly PageBody[] = [...RUN_ACTION_PAGE, ...APP_RUN_PAGE, ...APPROVAL_PAGE];

const TABLE_TYPES: readonly (readonly [RegExp, readonly JsonType[]])[] = [
  [/^ISO 8601/, ['time']],
  [/^String/, ['string']],
  [/^integer/i, ['integer']],
  [/^Boolean/, ['boolean']],
  [/^JSON array/i, ['array']],
  [/^(JSON )?Object/, ['object']],
  [/^JSON$/, ['array', 'object']],
  [/^ID$/, ['integer', 'string']],
];

/** The body of that name. Throws an Error where the pages have none. */
export function pageBody(name: string): PageBody {
  const body = PAGE_BODIES.find((each) => each.name === name);
  if (!body) throw new Error(`the pages have no body "${name}"`);
  return body;
}

/** Where the field of a table's row stands in the body. */
export function pathOf({ field, at }: TableRow): string {
  return at ?? field;
}

/** The fields of a body's samples. */
export function sampleFields({ samples }: PageBody): Fields {
  return fieldsOf(...samples.map(sample));
}

/** Every field that a page names for a body, by its table or by a sample, in the order of the page. */
export function pathsOf(body: PageBody): string[] {
  const named = [...body.table.map(pathOf), ...sampleFields(body).keys()];
  return [...new Set(named)].filter((path) => !path.endsWith('[]'));
}

/** All types that a field may have, by the table, the samples, and what is known beyond them. */
export function allowedTypes(body: PageBody, path: string): ReadonlySet<JsonType> {
  const inTable = body.table.filter((row) => pathOf(row) === path).flatMap(({ type }) => typesOf(type));
  const beyond = body.also.filter(({ at }) => at === path).map(({ type }) => type);
  return new Set([...inTable, ...(sampleFields(body).get(path) ?? []), ...beyond]);
}

/**
 * What is wrong with the shape of an answer: fields of the page's sample that it lacks, and fields with a type that the page does
 * not give. Fields that the page does not know are welcome; nothing is missing below a list that is empty.
 */
export function shapeProblems(body: PageBody, sampleName: string, answer: unknown): string[] {
  const found = fieldsOf(answer);
  const isOwn = (path: string): boolean => !body.foreign.test(path);
  const expected = [...fieldsOf(sample(sampleName)).keys()].filter(isOwn);
  const missing = expected.filter((path) => !found.has(path) && hasObjectAbove(found, path));
  const wrong = [...found].filter(([path]) => isOwn(path)).flatMap(([path, types]) => wrongTypes(body, path, types));
  return [...missing.map((path) => `${path} is missing`), ...wrong];
}

function typesOf(words: string): readonly JsonType[] {
  const known = TABLE_TYPES.find(([pattern]) => pattern.test(words));
  if (!known) throw new Error(`no such type: ${words}`);
  return known[1];
}

function hasObjectAbove(found: Fields, path: string): boolean {
  if (path.endsWith('[]')) return false;
  const parent = path.replace(/\.?[^.]+$/, '');
  return parent === '' || (found.get(parent)?.has('object') ?? false);
}

function wrongTypes(body: PageBody, path: string, types: ReadonlySet<JsonType>): string[] {
  const allowed = allowedTypes(body, path);
  if (allowed.size === 0) return [];
  return [...types].filter((type) => !isAllowed(type, allowed)).map((type) => `${path} is ${type}`);
}
