import type { CancelAnswer } from '../model/run-state.js';
import { cut, MAX_ANSWER_CHARACTERS } from '../model/text.js';
import { REQUEST_TIMEOUT_MS } from '../model/timeouts.js';
import type { SoarClient } from '../soar/client.js';
import { SoarError } from '../soar/errors.js';
import { isFinal, toFailure } from './to-failure.js';

/**
 * The POST that cancels an action_run. SOAR's refusal (it had ended already, or this user may not) is an answer and is
 * reported; only a SOAR that cannot be reached is asked again.
 */
export function createCancelActionRun(soar: SoarClient): (input: { actionRunId: number }) => Promise<CancelAnswer> {
  return async ({ actionRunId }) => {
    try {
      const { cancelled, message } = await soar.cancelActionRun(actionRunId, {
        timeoutMs: REQUEST_TIMEOUT_MS,
        urgent: true,
      });
      return { accepted: cancelled, message: cut(message, MAX_ANSWER_CHARACTERS) };
    } catch (error) {
      if (error instanceof SoarError && isFinal(error)) return { accepted: false, message: error.message };
      throw toFailure(error);
    }
  };
}
