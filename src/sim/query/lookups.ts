import { RE2JS } from 're2js';
import { ApiError } from '../http.js';

const MAX_PATTERN_CHARS = 200;
const NUMBER = /^-?\d+(\.\d+)?$/;
const QUOTED = /^(["'])((?:(?!\1)[^\\]|\\.)*)\1$/s;
const ITEM = /\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*|([^\s,'"][^,'"]*))(?:,|$)/suy;
const TIMESTAMP = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/;
const WORDS = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['none', null],
]);

/** A value of a filter: text, a number, true, false or null. */
type Literal = unknown;

/** Tests the value of one field. */
type Predicate = (value: unknown) => boolean;

/** Django's look-ups. Each makes a predicate of the raw text after the equals sign. */
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
  ['regex', (text) => matching(text)],
  ['iregex', (text) => matching(text, RE2JS.CASE_INSENSITIVE)],
]);

function equalTo(wanted: Literal): Predicate {
  if (wanted === null) return isMissing;
  if (typeof wanted === 'boolean') return (value) => value === wanted;
  return (value) => {
    // Text equals a number only if it is written like it: `05` is not 5.
    if (typeof value === 'string' && typeof wanted === 'number') return value === String(wanted);
    return typeof value !== 'object' && typeof value !== 'boolean' && compare(value, wanted) === 0;
  };
}

function memberOf(wanted: Literal[]): Predicate {
  const predicates = wanted.map(equalTo);
  // Clients ask for hundreds of ids at once.
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

/** By an engine whose time grows with the text alone: a pattern comes from a client, and another engine may never be done with it. */
function matching(text: string, flags = 0): Predicate {
  const source = textOf(parseLiteral(text));
  if (source.length > MAX_PATTERN_CHARS) {
    throw new ApiError(400, `A pattern has at most ${MAX_PATTERN_CHARS} characters`);
  }
  const pattern = compilePattern(source, flags);
  return (value) => !isMissing(value) && pattern.matcher(textOf(value)).find();
}

function compilePattern(source: string, flags: number): RE2JS {
  try {
    return RE2JS.compile(source, flags);
  } catch {
    throw new ApiError(400, `Not a regular expression, or one that looks around or back: ${source}`);
  }
}

/**
 * Orders two values: numbers and quoted numbers by size, timestamps by time, other text by code unit. Undefined if they
 * cannot be ordered, which is always so for null.
 */
export function compare(left: unknown, right: unknown): number | undefined {
  if (isMissing(left) || isMissing(right)) return undefined;
  if (typeof left === 'number' || typeof right === 'number') return difference(numberOf(left), numberOf(right));
  return difference(timeOf(left), timeOf(right)) ?? codeUnitOrder(textOf(left), textOf(right));
}

function codeUnitOrder(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function difference(left: number | undefined, right: number | undefined): number | undefined {
  return left === undefined || right === undefined ? undefined : Math.sign(left - right);
}

/** True for a value that a database would hold as null. */
export function isMissing(value: unknown): boolean {
  return value === null || value === undefined;
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && NUMBER.test(value) ? Number(value) : undefined;
}

/** True for text such as `2016-01-15`, `2016-01-15 22:15` or `2016-01-15T22:15:58.062000Z`. */
export function isTimestamp(value: unknown): value is string {
  return timeOf(value) !== undefined;
}

/** In UTC, if no zone is named. */
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

/**
 * Reads a filter's value: text in double or single quotes, a bare number, `true`, `false`, `null` or `None`. Text without quotes
 * throws an {@link ApiError} of status 400, so that a client's missing quotes are found here and not in production.
 */
function parseLiteral(text: string): Literal {
  const trimmed = text.trim();
  const inner = QUOTED.exec(trimmed)?.[2];
  if (inner !== undefined) return unescape(trimmed, inner);
  // A number that would become another one stays text.
  if (NUMBER.test(trimmed)) {
    return trimmed.includes('.') || Number.isSafeInteger(Number(trimmed)) ? Number(trimmed) : trimmed;
  }
  const word = trimmed.toLowerCase();
  if (WORDS.has(word)) return WORDS.get(word);
  throw new ApiError(400, `Not a filter value: ${text.slice(0, 100)}. Text must be quoted.`);
}

/** Text in double quotes may be JSON and then has its escapes. In other text only quotes and backslashes are escaped. */
function unescape(quoted: string, inner: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return inner.replace(/\\(["'\\])/g, '$1');
  }
}

/** Reads a filter's value that is a list: `[1,2]`, `(1,2)`, bare `1,2`, or a single value. */
function parseLiterals(text: string): Literal[] {
  const list = withoutBrackets(text);
  const items: string[] = [];
  const pattern = new RegExp(ITEM);
  while (pattern.lastIndex < list.length) {
    const [, quoted, bare] = pattern.exec(list) ?? [];
    const item = quoted ?? bare;
    if (item === undefined) throw new ApiError(400, `Not a list of filter values: ${list.slice(0, 100)}`);
    items.push(item);
  }
  return items.map(parseLiteral);
}

/** The items of a list's text, without the brackets that it may have. */
export function withoutBrackets(text: string): string {
  const trimmed = text.trim();
  return /^\[.*\]$|^\(.*\)$/s.test(trimmed) ? trimmed.slice(1, -1).trim() : trimmed;
}

/** Takes the quotes off a value of `page`, `sort` and the like: some clients quote every query value. */
export function unquote(text: string): string {
  return QUOTED.exec(text.trim())?.[2] ?? text.trim();
}
