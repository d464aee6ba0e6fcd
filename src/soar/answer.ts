import type { IncomingHttpHeaders } from 'node:http';
import { checkWith } from '../contracts/soar/check.js';
import { errorEnvelopeSchema } from '../contracts/soar/error-envelope.js';
import type { SoarErrorCode } from '../model/error-codes.js';
import { SOAR_ERROR_CODES } from '../model/error-codes.js';
import { BodyProblem, decompress, parseJson } from './body.js';
import { SoarError } from './errors.js';
import type { WireAnswer } from './request.js';
import { redact } from './redact.js';
import { parseHttpDate, parseRetryAfter } from './retry-after.js';

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

const CODES_BY_STATUS: ReadonlyMap<number, SoarErrorCode> = new Map([
  [401, SOAR_ERROR_CODES.UNAUTHORIZED],
  [403, SOAR_ERROR_CODES.FORBIDDEN],
  [404, SOAR_ERROR_CODES.NOT_FOUND],
  [405, SOAR_ERROR_CODES.METHOD_NOT_ALLOWED],
  [408, SOAR_ERROR_CODES.TRY_AGAIN],
  [425, SOAR_ERROR_CODES.TRY_AGAIN],
  [429, SOAR_ERROR_CODES.RATE_LIMITED],
  [502, SOAR_ERROR_CODES.UNAVAILABLE],
  [503, SOAR_ERROR_CODES.UNAVAILABLE],
  [504, SOAR_ERROR_CODES.UNAVAILABLE],
]);

const asEnvelope = checkWith(errorEnvelopeSchema);

/**
 * Turns an answer into the JSON it carries, or into the `SoarError` it means. `failed: true` is an error on any status;
 * an error status is an error with any body.
 */
export async function readAnswer(answer: WireAnswer, context: ReadContext): Promise<unknown> {
  const json = await readJson(answer, context.maxBodyBytes);
  const envelope = json instanceof BodyProblem ? undefined : asEnvelope(json);
  const refused = envelope?.ok === true;
  if (isSuccess(answer.status) && !refused) return usable(json, answer, context);
  throw new SoarError({
    code: isSuccess(answer.status) ? SOAR_ERROR_CODES.FAILED : codeOf(answer.status),
    method: context.method,
    path: context.path,
    sent: true,
    status: answer.status,
    detail: `HTTP ${answer.status}`,
    soarMessage: refused ? redact(envelope.value.message, context.secrets) : undefined,
    retryAfterMs: retryAfterOf(answer.headers, context.nowMs),
  });
}

async function readJson(answer: WireAnswer, maxBodyBytes: number): Promise<unknown> {
  try {
    // A header that comes twice is a list.
    const encodings = [answer.headers['content-encoding'] ?? ''].flat();
    return parseJson(await decompress(answer.body, encodings.join(), maxBodyBytes));
  } catch (error) {
    if (error instanceof BodyProblem) return error;
    throw error;
  }
}

function usable(json: unknown, answer: WireAnswer, { method, path }: ReadContext): unknown {
  if (!(json instanceof BodyProblem)) return json;
  throw new SoarError({ code: json.code, method, path, sent: true, status: answer.status, detail: json.message });
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

function codeOf(status: number): SoarErrorCode {
  const code = CODES_BY_STATUS.get(status);
  if (code !== undefined) return code;
  if (status < 400) return SOAR_ERROR_CODES.REDIRECT;
  return status < 500 ? SOAR_ERROR_CODES.BAD_REQUEST : SOAR_ERROR_CODES.SERVER_ERROR;
}

/** A date is counted from the server's own clock where it tells it, so that a wrong clock on either side does no harm. */
function retryAfterOf(headers: IncomingHttpHeaders, nowMs: number): number | undefined {
  const serverNowMs = typeof headers.date === 'string' ? parseHttpDate(headers.date) : undefined;
  return parseRetryAfter(headers['retry-after'], serverNowMs ?? nowMs);
}
