import type { ActionRunSummary } from '../contracts/run-action.js';
import type { ActionRun } from '../contracts/soar/action-run.js';
import { cut, jsonBytes } from '../model/text.js';

const MAX_MESSAGE_CHARACTERS = 8_192;
const MAX_TARGETS_BYTES = 64 * 1024;

const MAX_OTHER_BYTES = 64 * 1024;

/**
 * An action_run small enough for a workflow's history. `targets` repeats every parameter set of a large request and is
 * left out where it is large; so is everything SOAR adds, should it ever be.
 */
export function summarizeActionRun(run: ActionRun): ActionRunSummary {
  const { targets, ...others } = run;
  const message = cut(run.message, MAX_MESSAGE_CHARACTERS);
  const { id, status, cancelled } = run;
  const isLarge = jsonBytes({ ...others, message: '' }) > MAX_OTHER_BYTES;
  const summary = isLarge
    ? {
        id,
        status: cut(status, MAX_MESSAGE_CHARACTERS),
        message,
        cancelled: cancelled?.slice(0, MAX_MESSAGE_CHARACTERS),
      }
    : { ...others, message };
  if (targets === undefined) return summary;
  return jsonBytes(targets) > MAX_TARGETS_BYTES ? { ...summary, targetsOmitted: true } : { ...summary, targets };
}
