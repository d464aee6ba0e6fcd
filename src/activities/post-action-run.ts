import type { RunActionRequest } from '../contracts/run-action.js';
import { SOAR_ERROR_CODES } from '../model/error-codes.js';
import { taggedName } from '../model/submission-tag.js';
import { cut, MAX_ANSWER_CHARACTERS } from '../model/text.js';
import { REQUEST_TIMEOUT_MS } from '../model/timeouts.js';
import type { SoarClient } from '../soar/client.js';
import { SoarError } from '../soar/errors.js';
import { isFinal } from './to-failure.js';

/** What is known of a POST that creates an action_run, once it is over. */
export type Posted =
  | { readonly kind: 'submitted'; readonly actionRunId: number; readonly message: string }
  /** SOAR took the request and did not queue the action. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  /** It may or may not have arrived. */
  | { readonly kind: 'uncertain'; readonly message: string; readonly retryAfterMs: number }
  /** It certainly reached nothing. */
  | { readonly kind: 'notSent'; readonly error: SoarError };

/**
 * Sends the POST once, under the tag it is found again by, or not at all where it cannot go out until `notAfterMs`.
 * Rejects only with what is no answer of SOAR's.
 */
export async function postActionRun(
  soar: SoarClient,
  request: RunActionRequest,
  tag: string,
  notAfterMs: number,
): Promise<Posted> {
  try {
    const body = { ...request, name: taggedName(request.name, tag) };
    const { action_run_id, message } = await soar.runAction(body, { timeoutMs: REQUEST_TIMEOUT_MS, notAfterMs });
    return { kind: 'submitted', actionRunId: action_run_id, message: cut(message, MAX_ANSWER_CHARACTERS) };
  } catch (error) {
    if (!(error instanceof SoarError)) throw error;
    return readError(error);
  }
}

const NOT_TAKEN_CODES: ReadonlySet<string> = new Set([SOAR_ERROR_CODES.RATE_LIMITED, SOAR_ERROR_CODES.TRY_AGAIN]);

function readError(error: SoarError): Posted {
  const { code, message } = error;
  if (isRefusal(error)) return { kind: 'refused', code, message };
  if (!error.sent || NOT_TAKEN_CODES.has(code)) return { kind: 'notSent', error };
  return { kind: 'uncertain', message, retryAfterMs: error.retryAfterMs ?? 0 };
}

/** SOAR's own refusal. Too large an answer says nothing of the kind. */
function isRefusal(error: SoarError): boolean {
  if (error.code === SOAR_ERROR_CODES.FAILED) return true;
  return isFinal(error) && error.code !== SOAR_ERROR_CODES.BODY_TOO_LARGE;
}
