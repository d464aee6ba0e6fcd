import { sleep } from '@temporalio/workflow';
import type { EndedRun, KnownRun, Sight } from '../activities/index.js';
import type { ApprovalNotice } from '../model/run-state.js';
import { hasFields, isListOf, leaveAlone, orNull, persist } from './activities.js';
import type { RunView } from './run-view.js';

/** The delay SOAR holds the action back for, until it is due. */
export async function waitOutDelay(view: RunView, dueAtMs: number): Promise<void> {
  const remainingMs = dueAtMs - Date.now();
  if (remainingMs <= 0) return;
  view.update({ phase: 'delayed', dueTime: new Date(dueAtMs).toISOString() });
  await sleep(remainingMs, { summary: 'exec_delay_secs' });
}

const isSight = hasFields<Sight>('ended', 'polls', 'approvals', 'latest', 'problem');

/** Waits until SOAR has ended the run, or does not know it any more; tells the view who is asked and what is wrong meanwhile. */
export async function awaitEnd(view: RunView, { actionRunId, origin }: KnownRun): Promise<EndedRun> {
  let problemAttempts = 0;
  for (;;) {
    const known = { approvals: view.state.approvals.map(({ id }) => id), problemAttempts };
    const input = { actionRunIds: [actionRunId], origin, known, as: 'alone' } as const;
    const sight = await persist(
      'poll',
      `poll action_run ${actionRunId}`,
      view.noteProblemOf('poll'),
      isSight,
      (activities) => activities.awaitActionRuns(input),
    );
    view.noteProblem('poll', sight.problem);
    problemAttempts = sight.problem?.attempts ?? 0;
    await leaveAlone(sight);
    const latest = sight.latest ?? sight.ended[0]?.actionRun;
    const seen = latest ? { status: latest.status, message: latest.message } : {};
    view.update({ ...seen, polls: view.state.polls + sight.polls });
    const [ended] = sight.ended;
    if (ended) {
      view.noteProblem('poll', null);
      return ended;
    }
    if (sight.approvals === null) continue;
    const isWaiting = sight.approvals.length > 0;
    view.update({ approvals: sight.approvals, phase: isWaiting ? 'awaitingApproval' : 'awaitingActionRun' });
    view.publish();
  }
}

/** A run that failed may have been denied, or may have waited for a person until it expired. */
export async function noteApprovals(
  view: RunView,
  { statusClass, actionRunId }: EndedRun,
  origin: string | null,
): Promise<void> {
  if (statusClass !== 'failed') return;
  const summary = 'was it denied, or did an approval expire?';
  const note = view.noteProblemOf('results');
  const approvals = await persist('read', summary, note, orNull(isListOf<ApprovalNotice>('status')), (activities) =>
    activities.fetchApprovals({ actionRunId, origin }),
  );
  if (approvals !== null) view.update({ approvals });
}
