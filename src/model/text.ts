import { distance } from 'fastest-levenshtein';
import { isObject } from './json.js';

/** The most a text of SOAR's takes in a payload of its own: it is untrusted and may be megabytes. */
export const MAX_ANSWER_CHARACTERS = 2_000;

/** Cuts a long text and says how much is missing. */
export function cut(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return wellFormed(text);
  return wellFormed(`${text.slice(0, maxCharacters)}… (${text.length - maxCharacters} more characters)`);
}

/**
 * Half a character, as a cut through one leaves it, becomes U+FFFD. In the message of a failure it would end the worker: a
 * short text goes to Temporal's core as it is, which takes UTF-8 alone (seen with SDK 1.24).
 */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

/** How many bytes a text takes in UTF-8. */
export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** The value where it is text, else the fallback: for input that nobody has checked yet. */
export function textOr(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value : fallback;
}

const SHOWN_CHARACTERS = 500;

/** A text from outside in Markdown: cut, on one line, and with no Markdown of its own. */
export function escapeMarkdown(text: string): string {
  return wellFormed(text.slice(0, SHOWN_CHARACTERS))
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_{}[\]<>#|!~&@$]|(?<=mailto|xmpp):|:(?=\/\/)|(?<=\bwww)\./gi, '\\$&');
}

/** `1 row`, `2 rows`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** `1 item`, `2 different items`. */
export function itemsText(distinct: number): string {
  return distinct === 1 ? '1 item' : `${distinct} different items`;
}

/** A whole number of seconds as people read it: `1h02m`, `3m05s` or `8s`. */
export function durationText(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60)];
  const twoDigits = (value: number): string => String(value).padStart(2, '0');
  if (hours > 0) return `${hours}h${twoDigits(minutes)}m`;
  return minutes > 0 ? `${minutes}m${twoDigits(seconds % 60)}s` : `${seconds}s`;
}

/** A time as people read it, `2026-11-25 13:49 UTC`; other text is left as it is. */
export function timeText(iso: string): string {
  return iso.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)[\d:.]*Z$/, '$1 $2 UTC');
}

/** The longest beginning of a text that takes at most so many bytes in UTF-8: Temporal's limits are in bytes. */
export function cutToBytes(text: string, maxBytes: number): string {
  const bytes = new TextEncoder().encode(wellFormed(text));
  if (bytes.length <= maxBytes) return wellFormed(text);
  let end = maxBytes;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return new TextDecoder().decode(bytes.subarray(0, end));
}

/** A text as a shell takes it for one word. */
export function shellWord(text: string): string {
  return /^[\w.@%+:,/-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Temporal takes summaries of up to 200 bytes, and fails the workflow task over a longer one. */
export const MAX_SUMMARY_BYTES = 190;

const MAX_REASON_CHARACTERS = 1_000;

/** The reason in an argument `{ reason }`; undefined if it has none. */
export function readReason(argument: unknown): string | undefined {
  const reason = isObject(argument) ? argument['reason'] : undefined;
  return typeof reason === 'string' && /\S/.test(reason)
    ? wellFormed(reason.slice(0, MAX_REASON_CHARACTERS))
    : undefined;
}

/** The reason in a cancel's argument: a text, `{ reason }`, or nothing. Other callers' arguments are never an error. */
export function readCancelReason(argument: unknown): string | undefined {
  return readReason(typeof argument === 'string' ? { reason: argument } : argument);
}

/**
 * Characters that control what shows a text, or that nobody sees: C0 but tab and line ends, C1, marks of the reading direction
 * and of line ends, tags, and invisible ones. Those that join letters and emoji stay.
 */
const CONTROLS =
  /(?![\t\n\r])\p{Cc}|[\p{Zl}\p{Zp}]|(?!\u200c|\u200d|\p{L}|\p{Script=Arabic}|\p{Script=Syriac})\p{Cf}/gu;

/** The text with such characters as `\u200b`. In JSON they mean the same. */
export function withoutControls(text: string): string {
  return text.replace(CONTROLS, escaped);
}

/** The text as a terminal may show it: also a carriage return moves no cursor, under which a line could be overwritten. */
export function forTerminal(text: string): string {
  return withoutControls(text).replaceAll('\r', '\\r');
}

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

/** Who waits writes the unit in many ways, or leaves it out. */
const UNIT = /_?(?:secs?|seconds?)$|_(?:ms|millis|milliseconds|mins?|minutes?|hours?)$/;

/** A name without case, underscores, plural and unit of time. */
function plain(name: string): string {
  const words = name.replace(/([a-z0-9])(?=[A-Z])/g, '$1_').toLowerCase();
  return words
    .replace(UNIT, '')
    .replace(/[^a-z0-9]/g, '')
    .replace(/s$/, '');
}

const SHORTEST_PART = 5;

/**
 * The known name that differs by case, underscores, a plural, a unit of time or one letter, or that ends as this one: `delay` for
 * `exec_delay_secs`. Undefined if there is none.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const given = plain(name);
  return (
    known.find((candidate) => plain(candidate) === given || (name.length >= 4 && distance(candidate, name) <= 1)) ??
    known.find((candidate) => given.length >= SHORTEST_PART && plain(candidate).endsWith(given))
  );
}
