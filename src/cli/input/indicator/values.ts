import { indicatorsIn } from './free-text.js';
import { nameOfValue } from './kinds.js';
import type { IndicatorKind } from './kinds.js';
import { isList, partsOf, readIndicator } from './spelling.js';
import type { Change, Indicator } from './spelling.js';

/** What may be sent as a parameter. */
export interface ValueRules {
  /** What SOAR takes for it; empty where anything may fit. */
  readonly kinds: readonly IndicatorKind[];
  /** Takes every value as it is. */
  readonly literal?: boolean | undefined;
  /** Sends also what SOAR cannot take. */
  readonly sendAnything?: boolean | undefined;
}

/** The values of a cell as they are sent, or why there is none. */
export type Values =
  { readonly values: readonly unknown[]; readonly changes: readonly Change[] } | { readonly problem: string };

const NO_VALUES: ReadonlySet<string> = new Set(['', '-', '--', 'n/a', 'null', 'none', '(empty)', '(null)', '[]', '{}']);

/** True for what tables and logs write where there is nothing. */
export function isNoValue(value: unknown, { literal }: ValueRules): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value === 'string') return literal ? value === '' : NO_VALUES.has(value.toLowerCase());
  return Array.isArray(value) && value.length === 0;
}

/**
 * What is sent of a cell's value. A list gives each of its members; what is no indicator among them stays here.
 *
 * @param isLine true for a line of a list, which may have other words beside the indicator
 */
export function readValues(value: unknown, rules: ValueRules, isLine = false): Values {
  if (rules.kinds.length === 0) return unchanged(value);
  const members = Array.isArray(value) && !rules.literal ? value.flat(Infinity) : [value];
  const found = members.map((member: unknown) => readMember(member, rules, isLine)).filter((each) => each.length > 0);
  if (found.length === 0) return rules.sendAnything ? unchanged(value) : { problem: problemOf(value, rules.kinds) };
  const indicators = found.flat();
  const distinct = new Map(indicators.map((indicator) => [indicator.value, indicator.value]));
  return { values: [...distinct.values()], changes: indicators.flatMap(({ changes }) => changes) };
}

function unchanged(value: unknown): Values {
  return { values: [value], changes: [] };
}

function readMember(member: unknown, { kinds, literal }: ValueRules, isLine: boolean): Indicator[] {
  if (typeof member !== 'string') return [];
  const whole = readIndicator(member, kinds);
  if (literal) return whole ? asItIs(member, whole) : [];
  if (whole && !isListOfUrls(member)) return [whole];
  return readParts(member, kinds, isLine);
}

/** A comma can be a part of a URL; one with another URL behind it is not. */
function isListOfUrls(text: string): boolean {
  return /[,;|]\s*(?:\w+|h\*\*p):\/\//i.test(text);
}

function readParts(member: string, kinds: readonly IndicatorKind[], isLine: boolean): Indicator[] {
  const parts = partsOf(member);
  // A URL with a blank in it would be cut, and another one sent.
  if (isLine && !kinds.includes('url')) return readWords(parts, kinds);
  const found = parts.flatMap((part) => readIndicator(part, kinds) ?? []);
  return isList(member) || found.length === parts.length ? found : [];
}

/** A network beside an address is not looked up: the summary counts such lines. */
function readWords(words: readonly string[], kinds: readonly IndicatorKind[]): Indicator[] {
  const inWords = words.map((word) => indicatorsIn(word, kinds, words.length === 1));
  const found = inWords.flatMap((one) => one.found);
  if (!inWords.some(({ hasNetwork }) => hasNetwork)) return found;
  return found.map((one) => ({ ...one, changes: [...one.changes, 'beside networks'] }));
}

/** The value without a change, where it is an indicator as it stands. */
function asItIs(value: string, { kind, changes }: Indicator): Indicator[] {
  return changes.every((change) => change === 'respelled') ? [{ value, kind, changes: [] }] : [];
}

const SHOWN_CHARACTERS = 60;

function problemOf(value: unknown, kinds: readonly IndicatorKind[]): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const shown = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS - 1)}…` : text;
  const wanted = `not ${kinds.map((kind) => `${/^[aei]/.test(kind) ? 'an' : 'a'} ${kind}`).join(' or ')}`;
  const plain = readIndicator(text, ['ip', 'hash', 'email', 'domain', 'url'])?.value ?? text;
  const is = nameOfValue(text) ?? nameOfValue(plain);
  return is === undefined ? `"${shown}" is ${wanted}.` : `"${shown}" is ${is}, ${wanted}.`;
}
