import type { IncomingHttpHeaders } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { parse as parseWithoutPrototypes } from 'secure-json-parse';
import { errorEnvelopeSchema } from '../contracts/soar.js';
import { checkWith } from '../contracts/validate.js';
import { codeOfStatus, SOAR_ERROR_CODES } from '../model/error-codes.js';
import { codeOfError, redact, SoarError } from './errors.js';
import type { WireAnswer } from './http.js';

/** What a reader has to know about the request and the limits to read its answer. */
export interface ReadContext {
  readonly method: string;
  readonly path: string;
  readonly maxBodyBytes: number;
  /** Credentials of the request, taken out of SOAR's message should it repeat them. */
  readonly secrets: readonly string[];
  /** Our clock, in milliseconds since 1970. */
  readonly nowMs: number;
}

const asEnvelope = checkWith(errorEnvelopeSchema);

/**
 * Turns an answer into the JSON it carries, or into the `SoarError` it means. `failed: true` is an error on any status;
 * an error status is an error with any body.
 */
export async function readAnswer(answer: WireAnswer, context: ReadContext): Promise<unknown> {
  const json = await readJson(answer, context.maxBodyBytes);
  const envelope = json instanceof BodyProblem ? undefined : asEnvelope(json);
  const refused = envelope?.ok === true;
  const isSuccess = answer.status >= 200 && answer.status < 300;
  const { method, path } = context;
  if (isSuccess && json instanceof BodyProblem) {
    throw new SoarError({ code: json.code, method, path, sent: true, status: answer.status, detail: json.message });
  }
  if (isSuccess && !refused) return json;
  throw new SoarError({
    code: isSuccess ? SOAR_ERROR_CODES.FAILED : codeOfStatus(answer.status),
    method,
    path,
    sent: true,
    status: answer.status,
    detail: `HTTP ${answer.status}`,
    soarMessage: refused ? redact(envelope.value.message, context.secrets) : undefined,
    retryAfterMs: retryAfterOf(answer.headers, context.nowMs),
  });
}

/** The server's clock by its Date header, in milliseconds since 1970; undefined where it does not say. */
export function serverTimeMs({ headers }: Pick<WireAnswer, 'headers'>): number | undefined {
  return typeof headers.date === 'string' ? parseHttpDate(headers.date) : undefined;
}

async function readJson(answer: WireAnswer, maxBodyBytes: number): Promise<unknown> {
  try {
    // A header that comes twice is a list.
    const encodings = [answer.headers['content-encoding'] ?? ''].flat();
    return await parseJson(await decompress(answer.body, encodings.join(), maxBodyBytes));
  } catch (error) {
    if (error instanceof BodyProblem) return error;
    throw error;
  }
}

/** Why a body cannot be used. Becomes a `SoarError` where the request is known. */
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
export const MAX_JSON_VALUES = 500_000;

/**
 * Reads a body as JSON: UTF-8 with or without a byte order mark, of bounded depth and number of values, and without the keys
 * named `__proto__`, which would change the prototype of whatever they are copied into. An integer beyond 2^53 comes as text
 * with the same digits, because a number would lose some. Rejects with a {@link BodyProblem}.
 */
export async function parseJson(body: Buffer): Promise<unknown> {
  const text = decodeUtf8(withTextForBigIntegers(body, await scan(body)));
  try {
    return parseWithoutPrototypes(text, { protoAction: 'remove', constructorAction: 'ignore' }) as unknown;
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
  const bigIntegers: [number, number][] = [];
  let [depth, values, digitsFrom, inString, pauseAt] = [0, 1, -1, false, SLICE_BYTES];
  for (let at = 0; at <= body.length; at += 1) {
    if (at >= pauseAt) {
      pauseAt = at + SLICE_BYTES;
      await nextTurn();
    }
    const byte = body[at] ?? 0;
    if (inString) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inString = false;
      continue;
    }
    const isDigit = byte >= 0x30 && byte <= 0x39;
    if (isDigit && digitsFrom < 0) digitsFrom = at;
    if (!isDigit && digitsFrom >= 0) {
      if (at - digitsFrom >= 16 && isInteger(body, digitsFrom, byte)) bigIntegers.push([digitsFrom, at]);
      digitsFrom = -1;
    }
    if (byte === QUOTE) inString = true;
    else if (byte === 0x5b || byte === 0x7b) [depth, values] = [depth + 1, values + 1];
    else if (byte === 0x5d || byte === 0x7d) depth -= 1;
    else if (byte === COMMA) values += 1;
    if (depth > MAX_JSON_DEPTH) throw unreadable(`it is nested deeper than ${MAX_JSON_DEPTH} levels`);
    if (values > MAX_JSON_VALUES) throw tooManyValues();
  }
  return bigIntegers;
}

function tooManyValues(): BodyProblem {
  return new BodyProblem(SOAR_ERROR_CODES.BODY_TOO_LARGE, `the answer has more than ${MAX_JSON_VALUES} values`);
}

/** Digits that are no part of a fraction or an exponent. */
function isInteger(body: Buffer, from: number, next: number): boolean {
  const before = body[from - 1] === 0x2d ? body[from - 2] : body[from - 1];
  const isPart = (byte: number | undefined): boolean => byte === DOT || byte === 0x65 || byte === 0x45 || byte === 0x2b;
  return !isPart(before) && !isPart(next) && body[from - 1] !== 0x2b;
}

function withTextForBigIntegers(body: Buffer, found: BigIntegers): Buffer {
  const parts: Buffer[] = [];
  let done = 0;
  for (const [digitsFrom, end] of found) {
    const start = body[digitsFrom - 1] === 0x2d ? digitsFrom - 1 : digitsFrom;
    if (Number.isSafeInteger(Number(body.toString('latin1', start, end)))) continue;
    parts.push(body.subarray(done, start), Buffer.from(`"${body.toString('latin1', start, end)}"`));
    done = end;
  }
  return parts.length === 0 ? body : Buffer.concat([...parts, body.subarray(done)]);
}

/** The longest wait we take from a server's word, in milliseconds: one hour. */
export const MAX_RETRY_AFTER_MS = 3_600_000;

/** A date is counted from the server's own clock where it tells it, so that a wrong clock on either side does no harm. */
function retryAfterOf(headers: IncomingHttpHeaders, nowMs: number): number | undefined {
  return parseRetryAfter(headers['retry-after'], serverTimeMs({ headers }) ?? nowMs);
}

/**
 * Reads a Retry-After header (RFC 9110, 10.2.3): whole seconds or an HTTP date. Of several headers the longest wait
 * counts, so that nobody is called early. Undefined for anything else, negative numbers included.
 *
 * @param header the header's value or values, as they came
 * @param nowMs the server's own clock (its Date header) where it is known, else ours, in milliseconds since 1970
 */
export function parseRetryAfter(header: string | readonly string[] | undefined, nowMs: number): number | undefined {
  const lines = typeof header === 'string' ? [header] : (header ?? []);
  // A proxy may have joined several headers to one: "1, 4". A date has a comma of its own.
  const values = lines.flatMap((line) => (/^[\d\s,]+$/.test(line) ? line.split(',') : [line]));
  const waits = values.map((value) => waitOf(value.trim(), nowMs)).filter((wait) => wait !== undefined);
  return waits.length === 0 ? undefined : Math.min(Math.max(...waits), MAX_RETRY_AFTER_MS);
}

/** Reads an HTTP date as milliseconds since 1970; undefined where it is none. */
export function parseHttpDate(text: string): number | undefined {
  // Date.parse also takes "1" and other text that is no HTTP date, and reads the old C form in local time.
  if (!/^[A-Z][a-z]{2,8},? .*\d\d:\d\d:\d\d/.test(text)) return undefined;
  const parsedMs = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(parsedMs) ? undefined : parsedMs;
}

function waitOf(value: string, nowMs: number): number | undefined {
  if (/^\d+$/.test(value)) return Number(value) * 1_000;
  const atMs = parseHttpDate(value);
  return atMs === undefined ? undefined : Math.max(0, atMs - nowMs);
}
