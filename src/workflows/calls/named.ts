/** Calls that more than one workflow makes. */
import type { FoundRun, KnownRun, LookUp, Sight, WaitInput } from '../../activities/index.js';
import type { CancelAnswer } from '../../model/run-state.js';
import { isObject, isRecordId } from '../../model/json.js';
import { isMarked } from '../../model/submission-tag.js';
import { textOr } from '../../model/text.js';
import { WATCHES } from '../../model/timeouts-and-intervals.js';
import { hasFields, isCancelAnswer, isSight, isSomeRun } from '../shapes.js';
import { persist } from './persist.js';
import type { NoteProblem } from './persist.js';

/** Waits until there is something to tell of the runs: the `n`th time (from 0) of a wait that began at `sinceMs`. */
export function awaitSight(
  summary: string,
  note: NoteProblem,
  { n, sinceMs }: { readonly n: number; readonly sinceMs: number },
  input: Omit<WaitInput, 'watch'>,
): Promise<Sight> {
  const isRecent = Date.now() - sinceMs < WATCHES.recent.totalMs;
  const [kind, watch] = n === 0 ? POLL : isRecent ? WATCH_RECENT : WATCH_OLD;
  const isResult = (value: unknown): value is Sight => isSight(value) && isOfRuns(value, input);
  return persist({ kind, summary, note, isResult, call: (soar) => soar.awaitActionRuns({ ...input, watch }) });
}

/** Somebody can complete the wait by hand, with the end of a run that is not ours. */
export function isOfRuns({ ended }: Sight, { actionRunIds, mark }: Pick<WaitInput, 'actionRunIds' | 'mark'>): boolean {
  const isOurs = (run: unknown): boolean => {
    const { actionRunId, actionRun } = isObject(run) ? run : {};
    if (!isRecordId(actionRunId) || !actionRunIds.includes(actionRunId)) return false;
    return actionRun === null || (isObject(actionRun) && isMarked(textOr(actionRun['name'], ''), mark));
  };
  return Array.isArray(ended) && ended.every(isOurs);
}

const POLL = ['poll', null] as const;
const WATCH_RECENT = ['watchRecent', 'recent'] as const;
const WATCH_OLD = ['watchOld', 'old'] as const;

/** Asks SOAR to cancel a run until it has answered. */
export function cancelInSoar(run: KnownRun, summary: string, note?: NoteProblem): Promise<CancelAnswer> {
  const call = { summary, isResult: isCancelAnswer, ...(note ? { note } : {}) };
  return persist({ kind: 'cancel', ...call, call: (soar) => soar.cancelActionRun(run) });
}

/** Waits for runs with our tag that are not known yet: at least one. */
export function awaitOtherRun(lookUp: LookUp, summary: string, note: NoteProblem): Promise<FoundRun[]> {
  return persist({ kind: 'poll', summary, note, isResult: isSomeRun, call: (soar) => soar.awaitOtherRun(lookUp) });
}

/** What type of action SOAR's apps say it is; `null` if they do not say, or SOAR does not let us look. */
export async function declaredType(action: string, note?: NoteProblem): Promise<string | null> {
  const { type } = await persist({
    summary: 'what type of action is it?',
    ...(note ? { note } : {}),
    isResult: hasFields<{ type: string | null }>('type'),
    call: (soar) => soar.findActionType({ request: { action } }),
  });
  return type;
}
