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
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
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

/** True for what a token of SOAR's can be: visible ASCII, so that it can stand in a header as it is. */
export function isToken(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

// A name's last dot, the addresses that mean all of this machine, and IPv4 written as IPv6 lead nowhere else.
const LOOPBACK =
  /^(127(\.\d{1,3}){3}|0\.0\.0\.0|\[::1?\]|\[::ffff:(7f[0-9a-f]{2}:[0-9a-f]{1,4}|0:0)\]|(.*\.)?localhost\.?)$/i;

/** True for an origin on this machine, whatever the network is. */
export function isLoopback(origin: string): boolean {
  return URL.canParse(origin) && LOOPBACK.test(new URL(origin).hostname);
}

/** What is wrong with an address of SOAR, and what would be right, without the address itself; undefined if nothing is. */
export function soarUrlProblem(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) return 'must be an address such as https://soar.example.com';
  if (url.username !== '' || url.password !== '')
    return 'must not carry a user or a password; use SOAR_USERNAME and SOAR_PASSWORD';
  // Also empty ones, which `URL` does not tell: what stands behind them would never be asked for.
  if (/[?#]/.test(text)) return 'must have no ? and no # in it: leave them out, and all that comes after them';
  return /\/rest\/*$/.test(url.pathname) ? 'must be the address of SOAR without /rest' : undefined;
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
