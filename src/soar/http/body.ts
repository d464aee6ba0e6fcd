import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { parse as parseWithoutPrototypes } from 'secure-json-parse';
import { SOAR_ERROR_CODES } from '../../model/error-codes.js';
import { withoutSecrets } from '../secrets.js';
import { codeOfError } from '../soar-error.js';

/** Why a body cannot be used. Becomes a `SoarError` as soon as the request is known. */
export class BodyProblem extends Error {
  override readonly name = 'BodyProblem';
  constructor(
    readonly code: typeof SOAR_ERROR_CODES.BODY_TOO_LARGE | typeof SOAR_ERROR_CODES.BODY_UNREADABLE,
    message: string,
  ) {
    super(message);
  }
}

/** The problem of a body that is larger than the client accepts. */
export function tooLarge(maxBytes: number): BodyProblem {
  return new BodyProblem(SOAR_ERROR_CODES.BODY_TOO_LARGE, `the answer is larger than ${maxBytes} bytes`);
}

function unreadable(reason: string): BodyProblem {
  return new BodyProblem(SOAR_ERROR_CODES.BODY_UNREADABLE, `the answer cannot be read: ${reason}`);
}

const DECOMPRESSORS = new Map([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
]);

/**
 * Undoes a Content-Encoding. We ask for none, but a proxy may compress all the same. The bound holds for what comes
 * out, so a few kilobytes cannot become gigabytes. Rejects with a {@link BodyProblem}.
 */
export async function decompress(body: Buffer, contentEncoding: string, maxBytes: number): Promise<Buffer> {
  const encoding = contentEncoding.trim().toLowerCase();
  if (encoding === '' || encoding === 'identity') return body;
  const decompressor = DECOMPRESSORS.get(encoding);
  if (decompressor === undefined) throw unreadable('its Content-Encoding is not one that was asked for');
  try {
    return await decompressor(body, { maxOutputLength: maxBytes });
  } catch (error) {
    throw codeOfError(error) === 'ERR_BUFFER_TOO_LARGE' ? tooLarge(maxBytes) : unreadable('it cannot be decompressed');
  }
}

/** The deepest nesting of arrays and objects a body may have: far beyond any result, far below any stack. */
export const MAX_JSON_DEPTH = 200;

/** Values in one body. `JSON.parse` takes about 100 ms for as many empty objects, and nothing else runs meanwhile. */
const MAX_JSON_VALUES = 500_000;

/**
 * Reads a body as JSON: UTF-8 with or without a byte order mark, of bounded depth and number of values, and without the keys
 * named `__proto__`, which would change the prototype of whatever they are copied into. An integer beyond 2^53 comes as text
 * with the same digits, because a number would lose some. Secrets that SOAR repeats are taken out of names and values. Rejects
 * with a {@link BodyProblem}.
 */
export async function parseJson(body: Buffer, secrets: readonly string[] = []): Promise<unknown> {
  const text = decodeUtf8(withTextForBigIntegers(body, await scan(body)));
  // Of several byte order marks the parser would take another one away.
  if (text.startsWith('\ufeff')) throw unreadable('it is not whole JSON');
  try {
    const json: unknown = parseWithoutPrototypes(text, { protoAction: 'remove', constructorAction: 'ignore' });
    return withoutSecrets(json, text, secrets);
  } catch {
    throw unreadable(text.trimStart().startsWith('<') ? 'it is HTML or XML, not JSON' : 'it is not whole JSON');
  }
}

function decodeUtf8(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw unreadable('it is not UTF-8');
  }
}

/** Where integers of 16 digits and more stand outside of texts, as `[start, end]`. */
type BigIntegers = readonly (readonly [start: number, end: number])[];

const SLICE_BYTES = 512 * 1024;
const [QUOTE, BACKSLASH, COMMA, DOT] = [0x22, 0x5c, 0x2c, 0x2e];

/**
 * Looks through the bytes before they are parsed, because the parser itself would take memory for every level and block for
 * every value. It pauses now and then, so that other calls go on.
 */
async function scan(body: Buffer): Promise<BigIntegers> {
  const scanner = new Scanner(body);
  for (let end = SLICE_BYTES; end - SLICE_BYTES <= body.length; end += SLICE_BYTES) {
    scanner.readUntil(end);
    if (end <= body.length) await nextTurn();
  }
  return scanner.bigIntegers;
}

class Scanner {
  readonly bigIntegers: [number, number][] = [];
  #at = 0;
  #depth = 0;
  #values = 1;
  #digitsFrom = -1;
  #inString = false;

  constructor(readonly body: Buffer) {}

  readUntil(end: number): void {
    for (; this.#at < Math.min(end, this.body.length + 1); this.#at += 1) {
      const byte = this.body[this.#at] ?? 0;
      if (this.#inString) this.#readInString(byte);
      else this.#readOutside(byte);
    }
  }

  #readInString(byte: number): void {
    if (byte === BACKSLASH) this.#at += 1;
    else if (byte === QUOTE) this.#inString = false;
  }

  #readOutside(byte: number): void {
    this.#readDigits(byte);
    if (byte === QUOTE) this.#inString = true;
    else this.#count(byte);
  }

  #readDigits(byte: number): void {
    const isDigit = byte >= 0x30 && byte <= 0x39;
    if (isDigit && this.#digitsFrom < 0) this.#digitsFrom = this.#at;
    if (isDigit || this.#digitsFrom < 0) return;
    const isLong = this.#at - this.#digitsFrom >= 16;
    if (isLong && isInteger(this.body, this.#digitsFrom, byte)) this.bigIntegers.push([this.#digitsFrom, this.#at]);
    this.#digitsFrom = -1;
  }

  #count(byte: number): void {
    const deeper = DEPTH_CHANGES.get(byte) ?? 0;
    this.#depth += deeper;
    if (this.#depth > MAX_JSON_DEPTH) throw unreadable(`it is nested deeper than ${MAX_JSON_DEPTH} levels`);
    if (deeper > 0 || byte === COMMA) this.#values += 1;
    if (this.#values > MAX_JSON_VALUES)
      throw new BodyProblem(SOAR_ERROR_CODES.BODY_TOO_LARGE, `the answer has more than ${MAX_JSON_VALUES} values`);
  }
}

/** What `[`, `{`, `]` and `}` do to the depth. */
const DEPTH_CHANGES: ReadonlyMap<number, number> = new Map([
  [0x5b, 1],
  [0x7b, 1],
  [0x5d, -1],
  [0x7d, -1],
]);

/** Digits that are no part of a fraction or an exponent. */
function isInteger(body: Buffer, from: number, next: number): boolean {
  const before = body[from - 1] === 0x2d ? body[from - 2] : body[from - 1];
  const isPart = (byte: number | undefined): boolean => byte === DOT || byte === 0x65 || byte === 0x45 || byte === 0x2b;
  return !isPart(before) && !isPart(next) && body[from - 1] !== 0x2b;
}

function withTextForBigIntegers(body: Buffer, found: BigIntegers): Buffer {
  if (found.length === 0) return body;
  // One buffer for all: a body can be full of such numbers.
  const quoted = Buffer.alloc(body.length + 2 * found.length);
  let read = 0;
  let written = 0;
  const copyUntil = (end: number): void => {
    written += body.copy(quoted, written, read, end);
    read = end;
  };
  for (const [digitsFrom, end] of found) {
    const start = body[digitsFrom - 1] === 0x2d ? digitsFrom - 1 : digitsFrom;
    if (end - digitsFrom === 16 && Number.isSafeInteger(Number(body.toString('latin1', start, end)))) continue;
    copyUntil(start);
    quoted[written++] = QUOTE;
    copyUntil(end);
    quoted[written++] = QUOTE;
  }
  copyUntil(body.length);
  return quoted.subarray(0, written);
}
