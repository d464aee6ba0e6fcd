import { bitsBehind, isMask, isNamedOtherwise, isVersion } from './context.js';
import type { Context } from './context.js';
import { isFirstOfNetwork, nameOfValue, readAs } from './kinds.js';
import type { IndicatorKind } from './kinds.js';
import { PORT, readIndicator } from './spelling.js';
import type { Indicator } from './spelling.js';

/** What is in a text: its indicators, and what looks like one and stays here. */
export interface InText {
  readonly found: readonly Indicator[];
  readonly hasNetwork: boolean;
  readonly hasVersion: boolean;
  /** The words in which nothing was found, and URLs. */
  readonly others: readonly string[];
}

/** What may be an indicator, or a network where there is none, and where it stands. */
interface Candidate {
  readonly from: number;
  readonly to: number;
  readonly indicator?: Indicator | undefined;
}

/** Words without them can hold no indicator. */
const TELLING = /[.:@]|[0-9a-f]{32}/i;
const WORDS = /[^\s,;|]+/g;
const BETWEEN_ASSIGNMENTS = /[^="'<>]+/g;
const BETWEEN_BRACKETS = /[^[\](){}]+/g;
/** How far a value's surroundings are looked at. */
const LOOKED_AT = 80;

/** The indicators in a text, as `src=8.8.8.8`, `unknown[8.8.8.8]` or `outside:8.8.8.8/53`, and what only looks like one. */
export function indicatorsIn(text: string, kinds: readonly IndicatorKind[]): InText {
  const words = [...text.matchAll(WORDS)];
  const found: Indicator[] = [];
  const others: string[] = [];
  let [hasNetwork, hasVersion] = [false, false];
  for (const { 0: word, index } of words) {
    const candidates = TELLING.test(word) ? candidatesIn(word, kinds, words.length === 1) : [];
    if (candidates.length === 0 || word.includes('://')) others.push(word);
    for (const { from, to, indicator } of candidates) {
      const judged = judge(indicator, contextOf(text, index + from, index + to), hasVersion);
      if (judged === 'a network') hasNetwork = true;
      else if (judged === 'a version') hasVersion = true;
      else if (judged !== undefined) found.push(judged);
    }
  }
  return { found, hasNetwork, hasVersion, others };
}

function contextOf(text: string, from: number, to: number): Context {
  return { before: text.slice(Math.max(0, from - LOOKED_AT), from), behind: text.slice(to, to + LOOKED_AT) };
}

type Judged = Indicator | 'a network' | 'a version' | undefined;

/** What a candidate is, by what stands around it. */
function judge(indicator: Indicator | undefined, context: Context, hasVersion: boolean): Judged {
  if (!indicator) return 'a network';
  const { kind, value } = indicator;
  if (isNamedOtherwise(kind, context)) return undefined;
  if (kind !== 'ip' || value.includes(':')) return indicator;
  if (isMask(value, context)) return undefined;
  if (isVersion(context, hasVersion)) return 'a version';
  const bits = bitsBehind(context);
  return bits === undefined || bits === 32 ? indicator : 'a network';
}

function candidatesIn(word: string, kinds: readonly IndicatorKind[], isAlone: boolean): Candidate[] {
  const whole = readIndicator(word, kinds);
  if (whole) return [placed(word, whole)];
  // Of a URL only its host can be meant.
  const [, scheme] = /^(.*?:\/\/(?:[^/@]*@)?)/.exec(word) ?? [];
  if (scheme !== undefined) return inPiece(word, kinds, isAlone).filter(({ from }) => from === scheme.length);
  return pieces(word, BETWEEN_ASSIGNMENTS)
    .flatMap((piece) => (readIndicator(piece.text, kinds) ? [piece] : pieces(piece.text, BETWEEN_BRACKETS, piece.from)))
    .flatMap(({ text, from }) =>
      inPiece(text, kinds, isAlone).map((one) => ({ ...one, from: one.from + from, to: one.to + from })),
    );
}

/** Its marks, and its port, stand around it. */
function placed(text: string, indicator: Indicator): Candidate {
  const from = Math.max(0, text.indexOf(indicator.value));
  const to = text.includes(indicator.value) ? from + indicator.value.length : text.length;
  return { from, to, indicator };
}

function pieces(text: string, pattern: RegExp, offset = 0): { text: string; from: number }[] {
  return Array.from(text.matchAll(pattern), ({ 0: piece, index }) => ({ text: piece, from: index + offset }));
}

function inPiece(piece: string, kinds: readonly IndicatorKind[], isAlone: boolean): Candidate[] {
  const indicator = readIndicator(piece, kinds);
  if (indicator) return [placed(piece, indicator)];
  if (!kinds.includes('ip')) return [];
  const quads = quadsIn(piece, isAlone);
  return quads.length > 0 ? quads : inSix(piece);
}

/** No letter, digit or sign of a name stands around it, and no further number, as in a version. */
const QUAD = new RegExp(String.raw`(?<![\w.-])(?:\d{1,3}\.){3}\d{1,3}(?!\.?\w|-\w|:(?!${PORT}(?!\d))\d)`, 'g');

function quadsIn(text: string, isAlone: boolean): Candidate[] {
  return [...text.matchAll(QUAD)].flatMap(({ 0: value, index }) => {
    if (readAs('ip', value) === undefined) return [];
    const to = index + value.length;
    const [, bits] = /^\/(\d{1,2})(?![\d.])/.exec(text.slice(to, to + 4)) ?? [];
    // Firewalls write a port behind a slash.
    const isNetwork = bits !== undefined && Number(bits) <= 32 && (isAlone || isFirstOfNetwork(value, bits));
    return [{ from: index, to, indicator: isNetwork ? undefined : { value, kind: 'ip', changes: [] } }];
  });
}

/** An IPv6 with a colon behind it, a port behind a slash, or the name of an interface before it. */
const SIX = /^(?:[\w-]*[g-z_][\w-]*:)?([\da-f:]*:[\da-f:.]*?)(\/\d{1,5})?(?<!:):?$/i;

function inSix(piece: string): Candidate[] {
  if (piece.length > LOOKED_AT) return [];
  const [, address = '', end = ''] = SIX.exec(piece) ?? [];
  const value = readAs('ip', address);
  if (value === undefined) return nameOfValue(piece) === 'a network' ? [{ from: 0, to: piece.length }] : [];
  const isNetwork = end !== '' && isFirstOfNetwork(address, end.slice(1));
  return [{ from: 0, to: piece.length, indicator: isNetwork ? undefined : { value, kind: 'ip', changes: [] } }];
}
