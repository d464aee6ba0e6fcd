import { sleep } from '@temporalio/workflow';
import type {
  EndedRun,
  FetchAppRunsInput,
  FetchedAppRuns,
  FirstLook,
  KnownRun,
  Sight,
} from '../../activities/index.js';
import type { ApprovalNotice } from '../../model/run-state.js';
import { awaitSight, leaveAlone, quickly, readAtOnce } from '../activities.js';
import { hasFields, isListOf, isSight, orNull } from '../shapes.js';
import type { RunView } from './run-view.js';

/** The delay SOAR holds the action back for, until it is due. */
export async function waitOutDelay(view: RunView, dueAtMs: number): Promise<void> {
  const remainingMs = dueAtMs - Date.now();
  if (remainingMs <= 0) return;
  view.update({ phase: 'delayed', dueTime: new Date(dueAtMs).toISOString() });
  view.publish();
  await sleep(remainingMs, { summary: 'exec_delay_secs' });
}

/** How a run ended, and what of it was fetched at the first look that saw its end; `null` where that was in vain. */
export type Ended = EndedRun & { readonly fetched?: FetchedAppRuns | null };

const isFirstLook = hasFields<FirstLook>('sight', 'fetched', 'retryAfterMs');

/** Sees a run that ends at once, at the cost of one event; `undefined` where it goes on, or cannot be looked at now. */
export async function firstLook(view: RunView, input: FetchAppRunsInput): Promise<Ended | undefined> {
  const look = await quickly(`first look at action_run ${input.actionRunId}`, isFirstLook, (activities) =>
    activities.firstLook(input),
  );
  if (!look || !isSight(look.sight)) return undefined;
  const ended = await take(view, look.sight);
  if (look.retryAfterMs > 0) await leaveAlone(look.retryAfterMs);
  return ended && { ...ended, fetched: look.fetched };
}

/** Waits until SOAR has ended the run, or does not know it any more; tells the view who is asked and what is wrong meanwhile. */
export async function awaitEnd(view: RunView, { actionRunId, origin }: KnownRun): Promise<EndedRun> {
  view.publish();
  const sinceMs = Date.now();
  let problemAttempts = 0;
  for (let n = 0; ; n += 1) {
    const known = { approvals: view.state.approvals.map(({ id }) => id), problemAttempts };
    const input = { actionRunIds: [actionRunId], origin, known, as: 'alone' } as const;
    const note = view.noteProblemOf('poll');
    const sight = await awaitSight(`poll action_run ${actionRunId}`, note, { n, sinceMs }, input);
    problemAttempts = sight.problem?.attempts ?? 0;
    const ended = await take(view, sight);
    if (ended) return ended;
  }
}

/** Takes over what was seen. @returns the run, where it has ended */
async function take(view: RunView, sight: Sight): Promise<EndedRun | undefined> {
  view.noteProblem('poll', sight.problem);
  if (sight.problem) await leaveAlone(sight.problem.retryAfterMs);
  const latest = sight.latest ?? sight.ended[0]?.actionRun;
  const seen = latest ? { status: latest.status, message: latest.message } : {};
  view.update({ ...seen, polls: view.state.polls + sight.polls });
  const [ended] = sight.ended;
  if (ended) {
    view.noteProblem('poll', null);
    return ended;
  }
  if (sight.approvals === null) return undefined;
  const isWaiting = sight.approvals.length > 0;
  view.update({ approvals: sight.approvals, phase: isWaiting ? 'awaitingApproval' : 'awaitingActionRun' });
  view.publish();
  return undefined;
}

/** A run that failed may have been denied, or may have waited for a person until it expired. */
export async function noteApprovals(view: RunView, actionRunId: number, origin: string | null): Promise<void> {
  const summary = 'was it denied, or did an approval expire?';
  const note = view.noteProblemOf('results');
  const approvals = await readAtOnce(summary, note, orNull(isListOf<ApprovalNotice>('status')), (activities) =>
    activities.fetchApprovals({ actionRunId, origin }),
  );
  if (approvals !== null) view.update({ approvals });
}
