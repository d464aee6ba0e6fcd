import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { SOAR_ERROR_CODES } from '../model/error-codes.js';
import { codeOfError } from './error-code.js';

/** The deepest nesting of arrays and objects a body may have: far beyond any result, far below any stack. */
export const MAX_JSON_DEPTH = 200;

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

/**
 * Reads a body as JSON: UTF-8 with or without a byte order mark, of bounded depth, and without the keys named
 * `__proto__`, which would change the prototype of whatever they are copied into. Throws a {@link BodyProblem}.
 */
export function parseJson(body: Buffer): unknown {
  if (isDeeperThan(body, MAX_JSON_DEPTH)) throw unreadable(`it is nested deeper than ${MAX_JSON_DEPTH} levels`);
  const text = decodeUtf8(body);
  try {
    return mayNamePrototype(text) ? JSON.parse(text, dropPrototypeKeys) : JSON.parse(text);
  } catch {
    throw unreadable(text.trimStart().startsWith('<') ? 'it is HTML or XML, not JSON' : 'it is not whole JSON');
  }
}

/** The problem of a body that is larger than the client accepts. */
export function tooLarge(maxBytes: number): BodyProblem {
  return new BodyProblem(SOAR_ERROR_CODES.BODY_TOO_LARGE, `the answer is larger than ${maxBytes} bytes`);
}

function unreadable(reason: string): BodyProblem {
  return new BodyProblem(SOAR_ERROR_CODES.BODY_UNREADABLE, `the answer cannot be read: ${reason}`);
}

function decodeUtf8(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw unreadable('it is not UTF-8');
  }
}

/** Counted on the bytes, before parsing: the parser itself would take memory for every level. */
function isDeeperThan(body: Buffer, maxDepth: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at];
    if (inString) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else depth += DEPTH_CHANGES.get(byte) ?? 0;
    if (depth > maxDepth) return true;
  }
  return false;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** What `[`, `{`, `]` and `}` do to the depth. */
const DEPTH_CHANGES: ReadonlyMap<number | undefined, number> = new Map([
  [0x5b, 1],
  [0x7b, 1],
  [0x5d, -1],
  [0x7d, -1],
]);

/** True also for keys spelt with escapes; cheap, because hardly any body has either. */
function mayNamePrototype(text: string): boolean {
  return text.includes('__proto__') || /\\u00(?:5f|6|7)/i.test(text);
}

function dropPrototypeKeys(key: string, value: unknown): unknown {
  return key === '__proto__' ? undefined : value;
}
