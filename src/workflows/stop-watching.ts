import { ApplicationFailure, defineUpdate, setHandler } from '@temporalio/workflow';
import { FAILURE_TYPES, UPDATES } from '../model/names.js';
import { readReason } from '../model/text.js';
import { record } from './record.js';

const stopWatching = defineUpdate<string, [unknown]>(UPDATES.stopWatching);

/**
 * Takes update `stopWatching`, a person's way out: what runs in SOAR may go on there, and nobody will follow it. So it needs a
 * reason, and something that is watched.
 *
 * @param refusalNow why it cannot be taken now; `undefined` if it can
 * @returns once the update has come, what the workflow's result says of it
 */
export function answerStopWatching(refusalNow: () => string | undefined): Promise<string> {
  let resolve: (text: string) => void;
  const untilUnwatched = new Promise<string>((resolved) => (resolve = resolved));
  const take = (argument: unknown): string => {
    const reason = readReason(argument);
    record('stopWatching', { reason });
    resolve(`Watched no longer, as a person decided: ${reason ?? ''}`);
    return 'Noted: nothing is watched any longer.';
  };
  const check = (argument: unknown): void => {
    const isGiven = readReason(argument) !== undefined;
    const refusal = isGiven ? refusalNow() : 'reason: must be text, as { "reason": "followed by hand" }.';
    if (refusal !== undefined) throw ApplicationFailure.nonRetryable(refusal, FAILURE_TYPES.invalidStopWatching);
  };
  setHandler(stopWatching, take, {
    validator: check,
    description: 'End this workflow and leave what runs in SOAR to itself: { reason }.',
  });
  return untilUnwatched;
}
