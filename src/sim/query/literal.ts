import { ApiError } from '../http/api-error.js';

const NUMBER = /^-?\d+(\.\d+)?$/;
const QUOTED = /^(["'])((?:(?!\1)[^\\]|\\.)*)\1$/s;
const ITEM = /\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^,'"]+)\s*(?:,|$)/suy;
const WORDS = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['none', null],
]);

/** A value of a filter: text, a number, true, false or null. */
export type Literal = unknown;

/**
 * Reads a filter's value: text in double or single quotes, a bare number, `true`, `false`, `null` or `None`. Text without quotes
 * throws an {@link ApiError} of status 400, so that a client's missing quotes are found here and not in production.
 */
export function parseLiteral(text: string): Literal {
  const trimmed = text.trim();
  const quoted = QUOTED.exec(trimmed);
  if (quoted) return unescape(trimmed, quoted[2] ?? '');
  if (NUMBER.test(trimmed)) return isExact(trimmed) ? Number(trimmed) : trimmed;
  const word = trimmed.toLowerCase();
  if (WORDS.has(word)) return WORDS.get(word);
  throw new ApiError(400, `Not a filter value: ${text.slice(0, 100)}. Text must be quoted.`);
}

/** Text in double quotes may be JSON, and then has its escapes; otherwise only quotes and backslashes are escaped. */
function unescape(quoted: string, inner: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return inner.replace(/\\(["'\\])/g, '$1');
  }
}

/** False for a number that would become another one. */
function isExact(text: string): boolean {
  return text.includes('.') || Number.isSafeInteger(Number(text));
}

/** Reads a filter's value that is a list: `[1,2]`, `(1,2)`, bare `1,2`, or a single value. */
export function parseLiterals(text: string): Literal[] {
  const items = withoutBrackets(text);
  return items === '' ? [] : splitItems(items).map(parseLiteral);
}

/** The items of a list's text, without the brackets that it may have. */
export function withoutBrackets(text: string): string {
  const trimmed = text.trim();
  return /^\[.*\]$|^\(.*\)$/s.test(trimmed) ? trimmed.slice(1, -1).trim() : trimmed;
}

function splitItems(text: string): string[] {
  const items: string[] = [];
  const pattern = new RegExp(ITEM);
  while (pattern.lastIndex < text.length) {
    const item = pattern.exec(text)?.[1];
    if (item === undefined) throw new ApiError(400, `Not a list of filter values: ${text.slice(0, 100)}`);
    items.push(item);
  }
  return items;
}

/** Takes the quotes off a value of `page`, `sort` and the like: some clients quote every query value. */
export function unquote(text: string): string {
  return QUOTED.exec(text.trim())?.[2] ?? text.trim();
}
