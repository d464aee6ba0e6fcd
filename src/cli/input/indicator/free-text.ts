import { isFirstOfNetwork, readAs } from './kinds.js';
import type { IndicatorKind } from './kinds.js';
import { readIndicator } from './spelling.js';
import type { Indicator } from './spelling.js';

/** What is in a word of free text: its indicators, and whether a network stays here. */
export interface InWord {
  readonly found: readonly Indicator[];
  readonly hasNetwork: boolean;
}

/** Words without them can hold no indicator. */
const TELLING = /[.:@]|[0-9a-f]{32}/i;
const ASSIGNMENTS = /[="'<>]+/;
const BRACKETS = /[[\](){}]+/;

/**
 * The indicators in a word of a line, as `src=8.8.8.8`, `unknown[8.8.8.8]` or `outside:8.8.8.8/53`. A word with a scheme is a URL:
 * only its address is taken.
 *
 * @param isAlone true for the only word of its line
 */
export function indicatorsIn(word: string, kinds: readonly IndicatorKind[], isAlone: boolean): InWord {
  if (!TELLING.test(word)) return { found: [], hasNetwork: false };
  const whole = readIndicator(word, kinds);
  if (whole) return { found: [whole], hasNetwork: false };
  const pieces = word.includes('://') ? [word] : word.split(ASSIGNMENTS).flatMap((piece) => piecesOf(piece, kinds));
  const inPieces = pieces.map((piece) => inPiece(piece, kinds, isAlone));
  return { found: inPieces.flatMap(({ found }) => found), hasNetwork: inPieces.some(({ hasNetwork }) => hasNetwork) };
}

/** Brackets can be how an indicator is kept from being clicked. */
function piecesOf(piece: string, kinds: readonly IndicatorKind[]): string[] {
  return readIndicator(piece, kinds) ? [piece] : piece.split(BRACKETS);
}

function inPiece(piece: string, kinds: readonly IndicatorKind[], isAlone: boolean): InWord {
  const indicator = readIndicator(piece, kinds);
  if (indicator) return { found: [indicator], hasNetwork: false };
  return kinds.includes('ip') ? addressesIn(piece, isAlone) : { found: [], hasNetwork: false };
}

/** No letter, digit or sign of a name stands around it, and no further number, as in a version. */
const ADDRESS = /(?<![\w.-])(?:\d{1,3}\.){3}\d{1,3}(?!\.?[\w-])/g;

function addressesIn(text: string, isAlone: boolean): InWord {
  const found: Indicator[] = [];
  let hasNetwork = false;
  for (const { 0: value, index } of text.matchAll(ADDRESS)) {
    if (readAs('ip', value) === undefined) continue;
    const [, bits] = /^\/(\d{1,2})(?!\d)/.exec(text.slice(index + value.length, index + value.length + 4)) ?? [];
    // Firewalls write a port behind a slash.
    const isNetwork = bits !== undefined && Number(bits) <= 32 && (isAlone || isFirstOfNetwork(value, bits));
    if (isNetwork) hasNetwork = true;
    else found.push({ value, kind: 'ip', changes: [] });
  }
  return { found, hasNetwork };
}
