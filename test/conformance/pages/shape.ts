import { sample } from '../../unit/contracts/soar/samples.js';
import type { Fields, JsonType } from './fields.js';
import { fieldsOf, isAllowed } from './fields.js';
import type { PageBody } from './page-body.js';
import { pathOf, sampleFields } from './page-bodies.js';

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

/**
 * What is wrong with the shape of an answer: fields of the page's sample that it lacks, and fields with a type that the page does
 * not give. Fields that the page does not know are welcome; nothing is missing below a list that is empty.
 */
export function shapeProblems(body: PageBody, sampleName: string, answer: unknown): string[] {
  return [...new Set(rowByRow(answer).flatMap((each) => problemsOf(body, sampleName, each)))];
}

/** A list as several lists of one row: a field that one row of many lacks is missing too. */
function rowByRow(answer: unknown): unknown[] {
  if (typeof answer !== 'object' || answer === null || !('data' in answer)) return [answer];
  const { data } = answer;
  if (!Array.isArray(data) || data.length < 2) return [answer];
  return data.map((row: unknown) => ({ ...answer, data: [row] }));
}

function problemsOf(body: PageBody, sampleName: string, answer: unknown): string[] {
  const found = fieldsOf(answer);
  const isOwn = (path: string): boolean => !body.foreign.test(path);
  const expected = [...fieldsOf(sample(sampleName)).keys()].filter(isOwn);
  const missing = expected.filter((path) => !found.has(path) && hasObjectAbove(found, path));
  const wrong = [...found].filter(([path]) => isOwn(path)).flatMap(([path, types]) => wrongTypes(body, path, types));
  return [...missing.map((path) => `${path} is missing`), ...wrong];
}

/** All types that a field may have, by the table, the samples, and what is known beyond them. */
function allowedTypes(body: PageBody, path: string): ReadonlySet<JsonType> {
  const inTable = body.table.filter((row) => pathOf(row) === path).flatMap(({ type }) => typesOf(type));
  const beyond = body.also.filter(({ at }) => at === path).map(({ type }) => type);
  return new Set([...inTable, ...(sampleFields(body).get(path) ?? []), ...beyond]);
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
