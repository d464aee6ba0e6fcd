import type { ActionRunSummary } from '../contracts/run-action.js';
import type { ActionRun } from '../contracts/soar/action-run.js';
import { cut, jsonBytes } from '../model/text.js';

const MAX_MESSAGE_CHARACTERS = 8_192;
const MAX_TARGETS_BYTES = 64 * 1024;

/** An action_run small enough for a workflow's history: `targets` repeats every parameter set of a large request. */
export function summarizeActionRun(run: ActionRun): ActionRunSummary {
  const { targets, ...rest } = run;
  const summary = { ...rest, message: cut(run.message, MAX_MESSAGE_CHARACTERS) };
  if (targets === undefined) return summary;
  return jsonBytes(targets) > MAX_TARGETS_BYTES ? { ...summary, targetsOmitted: true } : { ...summary, targets };
}
