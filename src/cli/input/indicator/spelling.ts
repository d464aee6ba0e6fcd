import { isIP } from 'node:net';
import { refang } from '../../../model/refang.js';
import { readAs } from './kinds.js';
import type { IndicatorKind } from './kinds.js';

/** What was done to a value before it was sent, in the words of the summary. */
export type Change =
  'refanged' | 'unwrapped' | 'without port' | 'without prefix' | 'respelled' | 'beside networks' | 'beside versions';

/** An indicator as it is sent. */
export interface Indicator {
  readonly value: string;
  readonly kind: IndicatorKind;
  readonly changes: readonly Change[];
}

function unwrap(text: string): string {
  const bare = text
    .replace(/^[-*\u2022]\s+/, '')
    .replace(/^['"`<({]+/, '')
    .replace(/['"`>)},;.]+$/, '');
  // Brackets around an IPv6 come with a port.
  return /^\[[^\]]*[^\]0-9a-f:.][^\]]*\]$|^\[[^:]*\]$/i.test(bare) ? unwrap(bare.slice(1, -1)) : bare;
}

/** A port's number, as a part of a pattern. */
export const PORT = '(?:6553[0-5]|655[0-2]\\d|65[0-4]\\d\\d|6[0-4]\\d{3}|[0-5]?\\d{1,4})';
const WITH_PORT = new RegExp(`^(?:\\[([^\\]]+)\\](?::${PORT})?|([^:|\\s]+):${PORT}|([^|\\s]+)[|#]${PORT})$`);

/** Firewalls write a port behind a slash: what is larger than a prefix can be is one. */
function withoutPort(text: string): string {
  const [, address = '', port = ''] = /^([^/]+)\/(\d{2,5})$/.exec(text) ?? [];
  const longest = address.includes(':') ? 128 : 32;
  if (isIP(address) !== 0 && Number(port) > longest && Number(port) <= 65_535) return address;
  return WITH_PORT.exec(text)?.slice(1).find(Boolean) ?? text;
}

/** A network of one address is that address. */
function withoutPrefix(text: string): string {
  return /^([^/:]+)\/(?:32|255\.255\.255\.255)$|^([^/]*:[^/]*)\/128$/.exec(text)?.slice(1).find(Boolean) ?? text;
}

const STEPS: readonly (readonly [Change, (text: string) => string])[] = [
  ['refanged', refang],
  // A scheme is refanged at the beginning alone.
  ['unwrapped', (text) => refang(unwrap(text))],
  ['without port', withoutPort],
  ['without prefix', withoutPrefix],
];

/** Nobody respells longer values: they are texts, and would take long. */
export const MAX_SPELLED = 10_000;

/** Reads a value as one of these kinds, in whatever spelling of the trade; `undefined` for what is none of them. */
export function readIndicator(text: string, kinds: readonly IndicatorKind[]): Indicator | undefined {
  const asItIs = readExactly(text, kinds, []);
  if (asItIs || text.length > MAX_SPELLED) return asItIs;
  let spelled = text;
  const changes: Change[] = [];
  for (const [change, step] of STEPS) {
    const next = step(spelled);
    if (next === spelled) continue;
    spelled = next;
    changes.push(change);
    const indicator = readExactly(spelled, kinds, changes);
    if (indicator) return indicator;
  }
  return undefined;
}

function readExactly(text: string, kinds: readonly IndicatorKind[], changes: readonly Change[]): Indicator | undefined {
  for (const kind of kinds) {
    const value = readAs(kind, text);
    if (value !== undefined) return { value, kind, changes: value === text ? changes : [...changes, 'respelled'] };
  }
  return undefined;
}

const SEPARATORS = /[\s,;|]+/;

/** The parts of a text that is a list. */
export function partsOf(text: string): string[] {
  const bare = /^\[.*\]$|^\(.*\)$|^\{.*\}$/s.test(text) ? text.slice(1, -1) : text;
  return bare
    .split(SEPARATORS)
    .map((part) => part.replace(/^['"]+|(?<!['"])['"]+$/g, ''))
    .filter((part) => part !== '');
}

/** True for parts that a mark separates, and not blanks alone: a sentence is no list. */
export function isList(text: string): boolean {
  return /[,;|\n\r]/.test(text);
}
