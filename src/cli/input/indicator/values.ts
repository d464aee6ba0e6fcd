import { whoAsked } from './access-log.js';
import { indicatorsIn } from './free-text.js';
import { nameOfValue } from './kinds.js';
import type { IndicatorKind } from './kinds.js';
import { isList, MAX_SPELLED, partsOf, readIndicator } from './spelling.js';
import type { Change, Indicator } from './spelling.js';
import { isStixPattern, readStixPattern } from './stix.js';

/** What may be sent as a parameter. */
export interface ValueRules {
  /** What SOAR takes for it; empty if anything may fit. */
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

/** True for what tables and logs write if there is nothing. */
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
  const read = members.map((member: unknown) => readMember(member, rules, isLine));
  const indicators = read.flatMap(({ found }) => found);
  if (indicators.length === 0 && rules.sendAnything) return unchanged(value);
  if (indicators.length === 0)
    return {
      problem: problemOf(
        value,
        rules.kinds,
        read.flatMap(({ beside }) => beside),
      ),
    };
  const distinct = new Map(indicators.map((indicator) => [indicator.value, indicator.value]));
  return { values: [...distinct.values()], changes: indicators.flatMap(({ changes }) => changes) };
}

/** The indicators in a text, and what is beside them and stays here. */
interface Found {
  readonly found: readonly Indicator[];
  readonly beside: readonly Change[];
}

const NOTHING: Found = { found: [], beside: [] };

function unchanged(value: unknown): Values {
  return { values: [value], changes: [] };
}

function readMember(member: unknown, { kinds, literal }: ValueRules, isLine: boolean): Found {
  if (typeof member !== 'string') return NOTHING;
  if (isStixPattern(member)) return { ...NOTHING, found: readStixPattern(member, kinds) };
  const whole = readIndicator(member, kinds);
  if (literal) return { ...NOTHING, found: whole ? asItIs(member, whole) : [] };
  if (whole && !isListOfUrls(member)) return { ...NOTHING, found: [whole] };
  // A URL with a blank in it would be cut, and another one sent.
  return kinds.includes('url') ? readUrls(member, kinds) : readText(member, kinds, isLine);
}

/** A comma can be a part of a URL; one with another URL behind it is not. */
function isListOfUrls(text: string): boolean {
  return /[,;|]\s*(?:\w+|h\*\*p):\/\//i.test(text);
}

function readUrls(member: string, kinds: readonly IndicatorKind[]): Found {
  const parts = whoAsked(member) ? [] : partsOf(member);
  const found = parts.flatMap((part) => readIndicator(part, kinds) ?? []);
  return { ...NOTHING, found: isList(member) || found.length === parts.length ? found : [] };
}

/** Names in front of a value in angle brackets, and what is in brackets behind a value. */
const ASIDES: readonly (readonly [RegExp, string])[] = [
  [/(?:"[^"]*"\s*|[^"<>,;]*)<([^<>]*)>/g, ' $1 '],
  [/(?<=\S)\s*(?:\([^()]*\)|\[[^[\]]*\])/g, ' '],
];

/** True for a cell with words of its own: what they say of the value nobody can tell. */
function isSentence(text: string, kinds: readonly IndicatorKind[]): boolean {
  if (text.length > MAX_SPELLED) return true;
  const plain = ASIDES.reduce((rest, [aside, instead]) => rest.replace(aside, instead), text);
  const isWord = (word: string): boolean => /[a-z]/i.test(word) && !/[:=]$/.test(word);
  return indicatorsIn(plain, kinds).others.some((word) => isWord(word) && !isOther(nameOfValue(word)));
}

function isOther(name: string | undefined): boolean {
  return name !== undefined && name !== 'a url';
}

/** What stays here of a line is counted in the summary. */
function readText(member: string, kinds: readonly IndicatorKind[], isLine: boolean): Found {
  const asking = whoAsked(member);
  const inText = indicatorsIn(asking?.text ?? member, kinds);
  const isRead = isLine || isList(member) || !isSentence(member, kinds);
  const beside: Change[] = [
    ...(inText.hasNetwork ? (['beside networks'] as const) : []),
    ...(inText.hasVersion ? (['beside versions'] as const) : []),
  ];
  const found = asking?.isFirstMeant ? inText.found.slice(0, 1) : inText.found;
  return { beside, found: isRead ? found.map((one) => ({ ...one, changes: [...one.changes, ...beside] })) : [] };
}

/** The value without a change, if it is an indicator as it stands. */
function asItIs(value: string, { kind, changes }: Indicator): Indicator[] {
  return changes.every((change) => change === 'respelled') ? [{ value, kind, changes: [] }] : [];
}

const SHOWN_CHARACTERS = 60;

function problemOf(value: unknown, kinds: readonly IndicatorKind[], beside: readonly Change[]): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const shown = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS - 1)}…` : text;
  const wanted = `not ${kinds.map((kind) => `${/^[aei]/.test(kind) ? 'an' : 'a'} ${kind}`).join(' or ')}`;
  const plain = readIndicator(text, ['ip', 'hash', 'email', 'domain', 'url'])?.value ?? text;
  const name = nameOfValue(text) ?? nameOfValue(plain);
  if (name !== undefined) return `"${shown}" is ${name}, ${wanted}.`;
  if (beside.includes('beside versions')) return `"${shown}" has numbers that may be those of a version, ${wanted}.`;
  return `"${shown}" ${beside.length > 0 ? 'has a network, ' : 'is '}${wanted}.`;
}
