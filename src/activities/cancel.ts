import type { CancelAnswer } from '../model/run-state.js';
import { cut, MAX_ANSWER_CHARACTERS } from '../model/text.js';
import { REQUEST_TIMEOUT_MS } from '../model/timeouts-and-intervals.js';
import type { SoarClient } from '../soar/client.js';
import { requireSameSoar, toFailure } from './failures.js';
import type { KnownRun } from './failures.js';

/**
 * The POST that cancels an action_run. It goes out at once, whatever the rate limit or the circuit breaker say. SOAR's own
 * refusal (the run had ended already, or this user may not) is an answer; everything else fails and is sent again.
 */
export async function cancelActionRun(soar: SoarClient, { actionRunId, origin }: KnownRun): Promise<CancelAnswer> {
  try {
    requireSameSoar(soar, origin);
    const { cancelled, message } = await soar.cancelActionRun(actionRunId, {
      timeoutMs: REQUEST_TIMEOUT_MS,
      atOnce: true,
    });
    return { accepted: cancelled, message: cut(message, MAX_ANSWER_CHARACTERS) };
  } catch (error) {
    throw toFailure(error);
  }
}
