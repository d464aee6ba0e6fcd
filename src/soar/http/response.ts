import type { IncomingHttpHeaders } from 'node:http';
import { errorEnvelopeSchema } from '../../contracts/soar.js';
import { checkWith } from '../../contracts/validate.js';
import { codeOfStatus, SOAR_ERROR_CODES } from '../../model/error-codes.js';
import { redact } from '../secrets.js';
import { SoarError } from '../soar-error.js';
import { BodyProblem, decompress, parseJson } from './body.js';
import type { WireAnswer } from './transport.js';

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
  const json = await readJson(answer, context);
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

/** The server's clock by its Date header, in milliseconds since 1970; undefined if it does not say. */
export function serverTimeMs({ headers }: Pick<WireAnswer, 'headers'>): number | undefined {
  return typeof headers.date === 'string' ? parseHttpDate(headers.date) : undefined;
}

async function readJson(answer: WireAnswer, { maxBodyBytes, secrets }: ReadContext): Promise<unknown> {
  try {
    // A header that comes twice is a list.
    const encodings = [answer.headers['content-encoding'] ?? ''].flat();
    return await parseJson(await decompress(answer.body, encodings.join(), maxBodyBytes), secrets);
  } catch (error) {
    if (error instanceof BodyProblem) return error;
    throw error;
  }
}

/** The longest wait we take from a server's word, in milliseconds: one hour. */
export const MAX_RETRY_AFTER_MS = 3_600_000;

/** A date is counted from the server's own clock if it tells it, so that a wrong clock on either side does no harm. */
function retryAfterOf(headers: IncomingHttpHeaders, nowMs: number): number | undefined {
  return parseRetryAfter(headers['retry-after'], serverTimeMs({ headers }) ?? nowMs);
}

/**
 * Reads a Retry-After header (RFC 9110, 10.2.3): whole seconds or an HTTP date. Of several headers the longest wait
 * counts, so that nobody is called early. Undefined for anything else, negative numbers included.
 *
 * @param header the header's value or values, as they came
 * @param nowMs the server's own clock (its Date header) if it is known, else ours, in milliseconds since 1970
 */
export function parseRetryAfter(header: string | readonly string[] | undefined, nowMs: number): number | undefined {
  const lines = typeof header === 'string' ? [header] : (header ?? []);
  // A proxy may have joined several headers to one: "1, 4". A date has a comma of its own.
  const values = lines.flatMap((line) => (/^[\d\s,]+$/.test(line) ? line.split(',') : [line]));
  const waits = values.map((value) => waitOf(value.trim(), nowMs)).filter((wait) => wait !== undefined);
  return waits.length === 0 ? undefined : Math.min(Math.max(...waits), MAX_RETRY_AFTER_MS);
}

/** Reads an HTTP date as milliseconds since 1970; undefined if it is none. */
function parseHttpDate(text: string): number | undefined {
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
