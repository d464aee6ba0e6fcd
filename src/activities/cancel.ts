import type { CancelAnswer } from '../model/run-state.js';
import { cut, MAX_ANSWER_CHARACTERS } from '../model/text.js';
import { CANCEL_LOOK_MS, REQUEST_TIMEOUT_MS } from '../model/timeouts-and-intervals.js';
import type { SoarClient } from '../soar/client.js';
import { toFailure } from './failures.js';
import { findMarked, getOurRun, requireSameSoar, saysGone, isOtherRun } from '../soar/our-run.js';
import type { KnownRun, SeenRuns } from '../soar/our-run.js';

/**
 * The POST that cancels an action_run, once its name has said that it is ours. It goes out at once, whatever the rate limit or the
 * circuit breaker say. SOAR's own refusal (the run had ended already, or this user may not) is an answer; everything else fails and
 * is sent again.
 */
export async function cancelActionRun(soar: SoarClient, seen: SeenRuns, run: KnownRun): Promise<CancelAnswer> {
  try {
    const actionRunId = await numberOf(soar, seen, run);
    const { cancelled, message } = await soar.cancelActionRun(actionRunId, {
      timeoutMs: REQUEST_TIMEOUT_MS,
      atOnce: true,
    });
    return { accepted: cancelled, message: cut(message, MAX_ANSWER_CHARACTERS) };
  } catch (error) {
    throw toFailure(error);
  }
}

/**
 * The number that SOAR has the run under now. A cancel that stops somebody else's action would be worse than a late one; but a SOAR
 * that answers no look at the moment keeps no cancel waiting, if it has said lately that the run is ours.
 */
async function numberOf(soar: SoarClient, seen: SeenRuns, run: KnownRun): Promise<number> {
  requireSameSoar(soar, run.origin);
  const call = { timeoutMs: CANCEL_LOOK_MS, atOnce: true };
  try {
    return (await getOurRun(soar, run, call)).id;
  } catch (error) {
    if (!saysGone(error) && seen.isOurs(run)) return run.actionRunId;
    const found = isOtherRun(error) ? await findMarked(soar, run.mark, call) : undefined;
    if (!found) throw error;
    return found.id;
  }
}
