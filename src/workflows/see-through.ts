import { sleep } from '@temporalio/workflow';
import type { ActionRunSight } from '../activities/index.js';
import type { ActionRunSummary } from '../contracts/run-action.js';
import { soar } from './activity-proxies.js';
import type { RunView } from './run-view.js';

/** The delay SOAR holds the action back for, until it is due. */
export async function waitOutDelay(view: RunView, dueAtMs: number): Promise<void> {
  const remainingMs = dueAtMs - Date.now();
  if (remainingMs <= 0) return;
  view.update({ phase: 'delayed', dueTime: new Date(dueAtMs).toISOString() });
  await sleep(remainingMs, { summary: 'exec_delay_secs' });
}

/** Follows a run until SOAR has ended it, or does not know it any more; tells the view who is asked meanwhile. */
export async function seeThrough(view: RunView, actionRunId: number): Promise<ActionRunSight> {
  for (;;) {
    const known = view.state.approvals.map(({ id }) => id);
    const poller = soar('poll', `poll action_run ${String(actionRunId)}`);
    const sight = await poller.awaitActionRun({ actionRunId, knownApprovals: known });
    view.update({ ...shown(sight.actionRun), polls: view.state.polls + sight.polls });
    if (sight.kind !== 'approvals') return sight;
    const phase = sight.approvals.length > 0 ? 'awaitingApproval' : 'awaitingActionRun';
    view.update({ approvals: sight.approvals, phase });
    view.publish();
  }
}

function shown(actionRun: ActionRunSummary | null): { status?: string; message?: string | null } {
  return actionRun ? { status: actionRun.status, message: actionRun.message } : {};
}
