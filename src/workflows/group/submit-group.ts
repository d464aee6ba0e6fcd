import { isCancellation, sleep } from '@temporalio/workflow';
import type { FoundGroupRun, PostedRun, SeenProblem } from '../../activities/index.js';
import type { RunActionGroupInput } from '../../contracts/run-action-group.js';
import { requestOf } from '../../model/batch/batch-item.js';
import { isObject } from '../../model/json.js';
import { whyOtherRun } from '../../model/wanted-run.js';
import { postDetailsOf, problemOf } from '../calls/failure-of-activity.js';
import { soar } from '../calls/kinds.js';
import { pauseAfterMs, persist } from '../calls/persist.js';
import { isListOf } from '../shapes.js';
import type { NoteProblem } from '../calls/persist.js';
import type { Stop } from '../cancellation.js';
import type { RemainingRun } from './reuse-results.js';

/** What the group knows of one of its submissions. */
export type GroupedSubmission =
  | { readonly kind: 'submitted'; readonly actionRunId: number; readonly atMs: number }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  /** It may have arrived, no earlier than `sinceMs`. */
  | { readonly kind: 'uncertain'; readonly sinceMs: number }
  /** Stopped before it was sent. */
  | { readonly kind: 'stopped' };

/** Everything submitting a group needs. */
interface GroupSubmissionContext extends Pick<RunActionGroupInput, 'request' | 'origin'> {
  readonly runs: readonly RemainingRun[];
  /** Of the group: each run has its place in the group behind it. */
  readonly tag: string;
  /** True if an earlier execution may have submitted under the same tag. */
  readonly mayExist: boolean;
  readonly stop: Stop;
  readonly note: NoteProblem;
}

type Known = readonly (GroupedSubmission | undefined)[];

const LONGEST_PAUSE_MS = 30_000;

/**
 * Submits every run of a group at most once. What SOAR did not take is sent later, for as long as that takes: no row fails by
 * a SOAR that is away or knows us no more. Where an answer was lost the runs are looked up once, and those that do not turn up
 * stay uncertain.
 *
 * @returns in the order of the runs
 */
export async function submitGroup(context: GroupSubmissionContext): Promise<GroupedSubmission[]> {
  const { mayExist, note, stop } = context;
  let known: Known = context.runs.map(() => (mayExist ? { kind: 'uncertain', sinceMs: Date.now() } : undefined));
  let failedInARow = 0;
  while (unsent(known).length > 0 && !stop.request()) {
    const { next, problem, isDoubtful } = await post(context, known);
    known = next;
    failedInARow = problem ? failedInARow + 1 : 0;
    note(problem && { ...problem, attempts: failedInARow });
    if (!problem || unsent(known).length === 0) continue;
    const pauseMs = Math.max(pauseAfterMs(failedInARow, LONGEST_PAUSE_MS), problem.retryAfterMs);
    await stop.unlessStopped(() => sleep(pauseMs, { summary: 'until the next try' }));
    // An answer that came from SOAR's proxy is no proof that SOAR did not take it.
    if (isDoubtful) known = withFound(context, known, await findGroupRuns(context), Date.now());
  }
  if (known.some((submission) => submission?.kind === 'uncertain'))
    known = withFound(context, known, await findGroupRuns(context));
  note(null);
  return known.map((submission) => submission ?? { kind: 'stopped' });
}

interface PostedGroup {
  readonly next: Known;
  readonly problem: (Omit<SeenProblem, 'attempts'> & { readonly retryAfterMs: number }) | null;
  /** True if SOAR may have taken some of what is to be sent again. */
  readonly isDoubtful: boolean;
}

/** One call of the activity for all that is unsent. */
async function post(context: GroupSubmissionContext, known: Known): Promise<PostedGroup> {
  const { request, runs, tag, stop, origin } = context;
  const left = unsent(known).flatMap((at) => runs[at] ?? []);
  const indices = left.map(({ index }) => index);
  const given = left.map(({ target, parameters }) => ({ target, parameters }));
  const input = { request, tag, origin, indices, runs: given };
  const sinceMs = Date.now();
  const uncertain = (): Known => known.map((submission) => submission ?? { kind: 'uncertain', sinceMs });
  try {
    const summary = `submit ${indices.length} action_runs`;
    const answer: unknown = await stop.unlessStopped(() => soar('submitGroup', summary, 3).submitActionRuns(input));
    if (answer === undefined && stop.request()) return { next: known, problem: null, isDoubtful: false };
    if (!isPosted(answer)) return { next: uncertain(), problem: null, isDoubtful: false };
    const { posted, problem } = answer;
    const isDoubtful = posted.some(({ kind }) => kind === 'passing');
    const next = posted.reduce((all, one) => withPosted(runs, all, one, sinceMs), known);
    return { next, problem, isDoubtful };
  } catch (error) {
    if (isCancellation(error)) throw error;
    const { fate, retryAfterMs } = postDetailsOf(error);
    // A worker that was killed, or an attempt that left no word: any of the POSTs may have arrived.
    if (fate !== 'notTaken' && fate !== 'passing') return { next: uncertain(), problem: null, isDoubtful: false };
    return { next: known, problem: { ...problemOf(error), retryAfterMs }, isDoubtful: fate === 'passing' };
  }
}

function isPosted(answer: unknown): answer is { posted: readonly PostedRun[]; problem: PostedGroup['problem'] } {
  return isObject(answer) && Array.isArray(answer['posted']);
}

function withPosted(runs: readonly RemainingRun[], known: Known, posted: PostedRun, sinceMs: number): Known {
  if (posted.kind === 'passing' || posted.kind === 'notTaken') return known;
  const isKnown = posted.kind === 'submitted' || posted.kind === 'refused';
  const submission: GroupedSubmission = isKnown ? posted : { kind: 'uncertain', sinceMs };
  return known.map((before, at) => (runs[at]?.index === posted.index ? submission : before));
}

async function findGroupRuns({ tag, origin, note }: GroupSubmissionContext) {
  return persist({
    summary: 'which of the actions were queued?',
    note,
    isResult: isListOf<FoundGroupRun>('index', 'actionRunId'),
    call: (activities) => activities.findGroupRuns({ tag, origin }),
  });
}

/**
 * Oldest first: should one tag be there twice, the older run is kept. One that is another action stays uncertain. What is unsent counts
 * as sent at `unsentSinceMs`, if given.
 */
function withFound(
  { request, runs }: GroupSubmissionContext,
  known: Known,
  found: readonly FoundGroupRun[],
  unsentSinceMs?: number,
): Known {
  return known.map((submission, at) => {
    const sinceMs = submission?.kind === 'uncertain' ? submission.sinceMs : submission ? undefined : unsentSinceMs;
    const own = sinceMs === undefined ? undefined : runs[at];
    const run =
      own &&
      found.find((one) => {
        const { action, container_id } = requestOf(request, own.target, []);
        return one.index === own.index && !whyOtherRun({ action, container_id }, one);
      });
    return run && sinceMs !== undefined
      ? { kind: 'submitted', actionRunId: run.actionRunId, atMs: sinceMs }
      : submission;
  });
}

function unsent(known: Known): number[] {
  return [...known.keys()].filter((index) => known[index] === undefined);
}
