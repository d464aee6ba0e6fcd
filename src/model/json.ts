/** JSON with the keys of every object in order: two values that mean the same give the same text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (isObject(inner) ? sortKeys(inner) : inner));
}

function sortKeys(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** True for what JSON writes with braces. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for what can be the number of a record of SOAR's: a whole number from 1 that lost no digits. */
export function isRecordId(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

/** How many bytes a value takes as JSON in UTF-8. */
export function jsonBytes(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length;
}

/**
 * Fetches a group of at most `atOnce` after the other: each may take what those before it have left of the budget.
 *
 * @param fetch gets the group, each one's equal share of what is left, and all that is left
 */
export async function withinBudget<T, R extends { readonly inlineBytes: number }>(
  budgetBytes: number,
  items: readonly T[],
  atOnce: number,
  fetch: (group: readonly T[], shareBytes: number, remainingBytes: number) => Promise<readonly R[]>,
): Promise<R[]> {
  const all: R[] = [];
  let remainingBytes = budgetBytes;
  for (let start = 0; start < items.length; start += atOnce) {
    const group = items.slice(start, start + atOnce);
    const fetched = await fetch(group, Math.floor(remainingBytes / group.length), remainingBytes);
    remainingBytes -= fetched.reduce((sum, { inlineBytes }) => sum + inlineBytes, 0);
    all.push(...fetched);
  }
  return all;
}

/** How deep a caller's arrays and objects may be nested: writing far deeper ones as JSON would exhaust the stack. */
export const MAX_INPUT_DEPTH = 100;

/** What is said of those that are. */
export const NESTED_TOO_DEEP = `must not be nested deeper than ${MAX_INPUT_DEPTH} levels`;

/** Walks level by level: recursion would be the very thing to guard against. */
export function isDeeperThan(value: unknown, maxDepth: number): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > maxDepth) return true;
    level = level.flatMap(childrenOf);
  }
  return false;
}

/** What is said of a field with an integer that lost digits on its way. */
export const UNSAFE_INTEGER = `must be a whole number of at most ${Number.MAX_SAFE_INTEGER}, or text with the same digits: a larger number loses digits`;

/** Path of the first integer beyond 2^53, which is not the one that was written; undefined if there is none. */
export function unsafeIntegerIn(value: unknown): (string | number)[] | undefined {
  return pathOfFirst(value, ({ value: found }) => Number.isInteger(found) && !Number.isSafeInteger(found));
}

/** What is said of a field that JavaScript's objects cannot have: it would be left out without a word. */
export const PROTO_FIELD = 'must have another name: no field can be called __proto__';

/** Path of the first such field; undefined if there is none. */
export function protoFieldIn(value: unknown): (string | number)[] | undefined {
  return pathOfFirst(value, ({ key }) => key === '__proto__');
}

function pathOfFirst(value: unknown, isIt: (place: Place) => boolean): (string | number)[] | undefined {
  let level: readonly Place[] = [{ value, key: '', around: undefined }];
  while (level.length > 0) {
    const found = level.find(isIt);
    if (found) return pathOf(found);
    level = level.flatMap(placesIn);
  }
  return undefined;
}

/** A path of its own for each place would take time by the square of the depth. */
interface Place {
  readonly value: unknown;
  readonly key: string | number;
  readonly around: Place | undefined;
}

function placesIn(around: Place): Place[] {
  const { value } = around;
  if (Array.isArray(value)) return value.map((inner: unknown, key) => ({ value: inner, key, around }));
  return isObject(value) ? Object.entries(value).map(([key, inner]) => ({ value: inner, key, around })) : [];
}

function pathOf(place: Place): (string | number)[] {
  const path: (string | number)[] = [];
  for (let at = place; at.around !== undefined; at = at.around) path.push(at.key);
  return path.reverse();
}

function childrenOf(value: unknown): unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}
