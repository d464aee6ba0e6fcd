import { ApiError } from '../http/api-error.js';
import type { Literal } from './literal.js';
import { parseLiteral, parseLiterals } from './literal.js';

/** Decides on the value of one field. */
export type Predicate = (value: unknown) => boolean;

const MAX_PATTERN_CHARS = 200;

/** The look-ups, in the words of Django's: each makes a predicate of the raw text after the equals sign. */
export const LOOKUPS: ReadonlyMap<string, (text: string) => Predicate> = new Map([
  ['exact', (text) => equalTo(parseLiteral(text))],
  ['iexact', (text) => onText(text, (value, wanted) => value === wanted, true)],
  ['contains', (text) => onText(text, (value, wanted) => value.includes(wanted))],
  ['icontains', (text) => onText(text, (value, wanted) => value.includes(wanted), true)],
  ['startswith', (text) => onText(text, (value, wanted) => value.startsWith(wanted))],
  ['istartswith', (text) => onText(text, (value, wanted) => value.startsWith(wanted), true)],
  ['endswith', (text) => onText(text, (value, wanted) => value.endsWith(wanted))],
  ['iendswith', (text) => onText(text, (value, wanted) => value.endsWith(wanted), true)],
  ['in', (text) => memberOf(parseLiterals(text))],
  ['gt', (text) => ordered(parseLiteral(text), (sign) => sign > 0)],
  ['gte', (text) => ordered(parseLiteral(text), (sign) => sign >= 0)],
  ['lt', (text) => ordered(parseLiteral(text), (sign) => sign < 0)],
  ['lte', (text) => ordered(parseLiteral(text), (sign) => sign <= 0)],
  ['range', (text) => between(parseLiterals(text))],
  ['isnull', (text) => isNull(parseLiteral(text))],
  ['regex', (text) => matching(text, 'u')],
  ['iregex', (text) => matching(text, 'iu')],
]);

/**
 * Orders two values: numbers and quoted numbers by size, timestamps by time, other text by code unit. Undefined where they
 * cannot be ordered, which for null is always.
 */
export function compare(left: unknown, right: unknown): number | undefined {
  if (isMissing(left) || isMissing(right)) return undefined;
  if (typeof left === 'number' || typeof right === 'number') return difference(numberOf(left), numberOf(right));
  return difference(timeOf(left), timeOf(right)) ?? codeUnitOrder(textOf(left), textOf(right));
}

/** True for a value that a database would hold as null. */
export function isMissing(value: unknown): boolean {
  return value === null || value === undefined;
}

function codeUnitOrder(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function difference(left: number | undefined, right: number | undefined): number | undefined {
  return left === undefined || right === undefined ? undefined : Math.sign(left - right);
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}

/** True for text such as `2016-01-15`, `2016-01-15 22:15` or `2016-01-15T22:15:58.062000Z`. */
export function isTimestamp(value: unknown): value is string {
  return timeOf(value) !== undefined;
}

const TIMESTAMP = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/;

/** In UTC, where no zone is named. */
function timeOf(value: unknown): number | undefined {
  const [, date, time = '00:00', zone = 'Z'] = (typeof value === 'string' && TIMESTAMP.exec(value)) || [];
  const ms = Date.parse(`${date ?? ''}T${time}${zone}`);
  return Number.isNaN(ms) ? undefined : ms;
}

/** A value as text; objects and lists as their JSON. */
function textOf(value: unknown): string {
  if (isMissing(value)) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function equalTo(wanted: Literal): Predicate {
  if (wanted === null) return isMissing;
  if (typeof wanted === 'boolean') return (value) => value === wanted;
  return (value) => {
    // Text equals a number only where it is written like it: `05` is not 5.
    if (typeof value === 'string' && typeof wanted === 'number') return value === String(wanted);
    return typeof value !== 'object' && typeof value !== 'boolean' && compare(value, wanted) === 0;
  };
}

function memberOf(wanted: Literal[]): Predicate {
  const predicates = wanted.map(equalTo);
  const numbers = new Set(wanted.map(numberOf));
  return (value) => (typeof value === 'number' ? numbers.has(value) : predicates.some((matches) => matches(value)));
}

function ordered(wanted: Literal, holds: (sign: number) => boolean): Predicate {
  return (value) => {
    const sign = compare(value, wanted);
    return sign !== undefined && holds(sign);
  };
}

function between([low, high, ...more]: Literal[]): Predicate {
  if (low === undefined || high === undefined || more.length > 0) throw new ApiError(400, 'range takes two values');
  const aboveLow = ordered(low, (sign) => sign >= 0);
  const belowHigh = ordered(high, (sign) => sign <= 0);
  return (value) => aboveLow(value) && belowHigh(value);
}

function isNull(wanted: Literal): Predicate {
  const expected = wanted === true || wanted === 'true' || wanted === 'True' || wanted === 1;
  return (value) => isMissing(value) === expected;
}

function onText(text: string, holds: (value: string, wanted: string) => boolean, ignoreCase = false): Predicate {
  const fold = (value: string): string => (ignoreCase ? value.toLowerCase() : value);
  const wanted = fold(textOf(parseLiteral(text)));
  return (value) => !isMissing(value) && holds(fold(textOf(value)), wanted);
}

function matching(text: string, flags: string): Predicate {
  const source = textOf(parseLiteral(text));
  if (source.length > MAX_PATTERN_CHARS)
    throw new ApiError(400, `A pattern has at most ${MAX_PATTERN_CHARS} characters`);
  const pattern = compilePattern(source, flags);
  return (value) => !isMissing(value) && pattern.test(textOf(value));
}

function compilePattern(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch {
    // Needless escapes such as `\-`, which databases take, are an error only with this flag.
    if (flags.includes('u')) return compilePattern(source, flags.replace('u', ''));
    throw new ApiError(400, `Not a regular expression: ${source}`);
  }
}
