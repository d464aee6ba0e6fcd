import type { SoarClient } from '../soar/client.js';
import { isNotFound } from '../soar/errors.js';
import { summarizeActionRun } from './action-run-summary.js';
import type { ActionRunSight } from './await-action-run.js';
import { withPulse } from './pulse.js';

/** One look at a run, whatever its status. */
export function createGetActionRun(soar: SoarClient): (input: { actionRunId: number }) => Promise<ActionRunSight> {
  return ({ actionRunId }) =>
    withPulse(async ({ signal }) => {
      const rest = { actionRunId, approvals: [], polls: 1 };
      try {
        const run = await soar.getActionRun(actionRunId, { signal });
        return { kind: 'ended', actionRun: summarizeActionRun(run), ...rest };
      } catch (error) {
        if (!isNotFound(error)) throw error;
        return { kind: 'missing', actionRun: null, ...rest };
      }
    });
}
