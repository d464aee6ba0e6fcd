import type { FoundRun, Sight } from '../activities/index.js';
import { isObject } from '../model/json.js';
import type { CancelAnswer } from '../model/run-state.js';

/**
 * True for an object with these fields. Somebody can complete an activity by hand, with anything: what its result is used for
 * must be there.
 */
export function hasFields<T>(...names: readonly string[]): (value: unknown) => value is T {
  return (value): value is T => isObject(value) && names.every((name) => name in value);
}

/** True for a list of objects with these fields. */
export function isListOf<T>(...names: readonly string[]): (value: unknown) => value is T[] {
  const isRow = hasFields<T>(...names);
  return (value): value is T[] => Array.isArray(value) && value.every((row: unknown) => isRow(row));
}

/** True for text. */
export const isText = (value: unknown): value is string => typeof value === 'string';

/** True for `null`, and for what `check` takes. */
export function orNull<T>(check: (value: unknown) => value is T): (value: unknown) => value is T | null {
  return (value): value is T | null => value === null || check(value);
}

/** True for what a wait returns. */
export const isSight = hasFields<Sight>('ended', 'polls', 'approvals', 'asked', 'latest', 'problem');

/** True for SOAR's answer to a cancel. */
export const isCancelAnswer = hasFields<CancelAnswer>('accepted', 'message');

/** True for what a look-up by tag finds. */
export const isFoundRuns = isListOf<FoundRun>('id');

/** Likewise, if nothing is not enough. */
export const isSomeRun = (value: unknown): value is FoundRun[] => isFoundRuns(value) && value.length > 0;
