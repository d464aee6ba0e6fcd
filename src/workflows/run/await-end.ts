import { sleep } from '@temporalio/workflow';
import type {
  EndedRun,
  FetchAppRunsInput,
  FetchedAppRuns,
  FirstLook,
  KnownRun,
  Sight,
} from '../../activities/index.js';
import { SOAR_ERROR_CODES } from '../../model/error-codes.js';
import type { ApprovalNotice } from '../../model/run-state.js';
import { awaitSight, isOfRuns } from '../calls/named.js';
import { leaveAlone, quickly, quicklyOrPersist } from '../calls/persist.js';
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

/** How a run ended, and what of it was fetched at the first look that saw its end; `null` if that was in vain. */
export type Ended = EndedRun & { readonly fetched?: FetchedAppRuns | null };

const isFirstLook = hasFields<FirstLook>('sight', 'fetched', 'retryAfterMs');

/** Sees a run that ends at once, at the cost of one event; `undefined` if it goes on, or cannot be looked at now. */
export async function firstLook(view: RunView, input: FetchAppRunsInput): Promise<Ended | undefined> {
  const look = await quickly({
    summary: `first look at action_run ${input.actionRunId}`,
    isResult: isFirstLook,
    call: (soar) => soar.firstLook(input),
  });
  const { actionRunId, mark } = input;
  if (!look || !isSight(look.sight) || !isOfRuns(look.sight, { actionRunIds: [actionRunId], mark })) return undefined;
  const ended = await take(view, look.sight);
  if (look.retryAfterMs > 0) await leaveAlone(look.retryAfterMs);
  return ended && { ...ended, fetched: look.fetched };
}

/** Waits until SOAR has ended the run, or does not know it any more; tells the view who is asked and what is wrong meanwhile. */
export async function awaitEnd(view: RunView, { mark, origin, ...known }: KnownRun): Promise<EndedRun> {
  view.publish();
  const sinceMs = Date.now();
  let problem: Sight['problem'] = null;
  for (let n = 0; ; n += 1) {
    // SOAR may have given it another number meanwhile.
    const actionRunId = view.state.actionRunId ?? known.actionRunId;
    const told = { problemAttempts: problem?.attempts ?? 0, problemCode: problem?.code ?? null };
    const runs = { actionRunIds: [actionRunId], mark, indices: null, origin, as: 'alone' } as const;
    const input = { ...runs, known: { approvals: view.state.approvals.map(({ id }) => id), ...told } };
    const note = view.noteProblemOf('poll');
    const sight: Sight = await awaitSight(`poll action_run ${actionRunId}`, note, { n, sinceMs }, input);
    ({ problem } = sight);
    const ended = await take(view, sight);
    if (ended) return ended;
  }
}

/** Takes over what was seen. @returns the run, if it has ended */
async function take(view: RunView, sight: Sight): Promise<EndedRun | undefined> {
  view.noteProblem('poll', sight.problem);
  if (sight.problem) await leaveAlone(sight.problem.retryAfterMs);
  const latest = sight.latest ?? sight.ended[0]?.actionRun;
  const seen = latest ? { status: latest.status, message: latest.message } : {};
  view.update({ ...seen, polls: view.state.polls + sight.polls });
  noteNumber(view, sight);
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

/** The number of our run, as SOAR has it now; no link leads to a run that is not ours. */
function noteNumber(view: RunView, { ended: [ended], moved: [moved] = [], problem }: Sight): void {
  if (moved) view.update({ actionRunId: moved.to, actionRunUrl: moved.url });
  else if (ended?.statusClass === 'replaced' || problem?.code === SOAR_ERROR_CODES.OTHER_RUN)
    view.update({ actionRunUrl: null });
  if (moved) view.publish();
}

/** A run that failed may have been denied, or may have waited for a person until it expired. */
export async function noteApprovals(view: RunView, run: KnownRun): Promise<void> {
  const approvals = await quicklyOrPersist({
    summary: 'was it denied, or did an approval expire?',
    note: view.noteProblemOf('results'),
    isResult: orNull(isListOf<ApprovalNotice>('status')),
    call: (soar) => soar.fetchApprovals(run),
  });
  if (approvals !== null) view.update({ approvals });
}
