import type { IndicatorKind } from './kinds.js';
import { MAX_SPELLED, readIndicator } from './spelling.js';
import type { Indicator } from './spelling.js';

const TEXT = String.raw`'(?:[^'\\]|\\.)*'`;
const STEP = String.raw`(?:[\w-]+|${TEXT}|"[^"]*")`;
const PATH = String.raw`[a-zA-Z][\w-]*:${STEP}(?:\.${STEP}|\[(?:\d+|\*)\])*`;
const TOKENS = new RegExp(String.raw`\s+|${PATH}|[tbh]?${TEXT}|[!=<>]=?|<>|[\w.+-]+|[[\](),]`, 'gy');
const PATTERN = new RegExp(
  String.raw`^[\s(]*\[[\s(]*(?:NOT[\s(]*)?${PATH}\s*(?:[!=<>]|(?:NOT|IN|LIKE|MATCHES|ISSU\w+)\b)`,
);

/** True for a text that begins as a STIX pattern. */
export function isStixPattern(text: string): boolean {
  return text.length <= MAX_SPELLED && PATTERN.test(text);
}

/** The indicators of a pattern: what a property that has one of these kinds is to be. None if it is no whole pattern. */
export function readStixPattern(text: string, kinds: readonly IndicatorKind[]): Indicator[] {
  const comparisons = comparisonsIn(tokensOf(text));
  return comparisons.flatMap(({ path, value }) => {
    const indicator = readIndicator(value, kinds);
    return indicator && kindsOfPath(path).includes(indicator.kind) ? [indicator] : [];
  });
}

/** None if a mark stands that no pattern has. */
function tokensOf(text: string): string[] {
  const found = Array.from(text.matchAll(TOKENS), ([token]) => token);
  return found.join('').length === text.length ? found.filter((token) => token.trim() !== '') : [];
}

interface Comparison {
  readonly path: string;
  readonly value: string;
}

/** What is compared for being the same, outside of what is negated. */
function comparisonsIn(tokens: readonly string[]): Comparison[] {
  const found: Comparison[] = [];
  const negated: boolean[] = [];
  for (const [index, token] of tokens.entries()) {
    const isNegated = negated.at(-1) === true || tokens[index - 1] === 'NOT';
    if (/^[[(]$/.test(token)) negated.push(isNegated);
    else if (/^[\])]$/.test(token)) negated.pop();
    else if (isPath(token) && negated.length > 0 && !isNegated)
      found.push(...valuesBehind(tokens, index + 1).map((value) => ({ path: token, value })));
  }
  return negated.length === 0 ? found : [];
}

function isPath(token: string): boolean {
  return /^[a-zA-Z][\w-]*:/.test(token);
}

/** `LIKE` and `MATCHES` compare with what is no value itself. */
function valuesBehind(tokens: readonly string[], from: number): string[] {
  const [operator = '', next = ''] = tokens.slice(from, from + 2);
  if (!/^(?:==?|IN|ISSUBSET|ISSUPERSET)$/.test(operator)) return [];
  const list = next === '(' ? tokens.slice(from + 2, tokens.indexOf(')', from)) : [next];
  return list.filter((token) => token.startsWith("'")).map((token) => token.slice(1, -1).replace(/\\(.)/g, '$1'));
}

const KINDS_OF_VALUE: ReadonlyMap<string, readonly IndicatorKind[]> = new Map([
  ['ipv4-addr:value', ['ip']],
  ['ipv6-addr:value', ['ip']],
  ['domain-name:value', ['domain', 'host name']],
  ['url:value', ['url']],
  ['email-addr:value', ['email']],
]);
const HASHES: readonly IndicatorKind[] = ['hash', 'md5', 'sha1', 'sha256', 'sha512'];

function kindsOfPath(path: string): readonly IndicatorKind[] {
  if (/[:.]hashes\./.test(path)) return path.startsWith('x509') ? [] : HASHES;
  if (/_refs?(?:\[[^\]]*\])?\.value$/.test(path)) return ['ip', 'domain', 'host name', 'email'];
  return KINDS_OF_VALUE.get(path) ?? [];
}
