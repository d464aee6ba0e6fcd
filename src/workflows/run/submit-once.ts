import { ApplicationFailure, isCancellation, sleep } from '@temporalio/workflow';
import type { CheckedRun, FoundRun, LookUp, SubmissionAnswer } from '../../activities/index.js';
import type { PostFate } from '../../model/error-codes.js';
import { mayRunAgain } from '../../model/options.js';
import { jsonBytes } from '../../model/json.js';
import { markOf, taggedName } from '../../model/submission-tag.js';
import { postDetailsOf, problemOf, triesOf } from '../calls/failure-of-activity.js';
import { soar } from '../calls/kinds.js';
import { awaitOtherRun, declaredType } from '../calls/named.js';
import { attemptsOfRound, pauseAfterMs, persist } from '../calls/persist.js';
import { hasFields, isListOf, isText, orNull } from '../shapes.js';
import type { Stop } from '../cancellation.js';
import type { CheckedInput } from '../input.js';
import type { Adopted, Resolution, SubmissionResolver } from './resolve-submission.js';
import type { RunView } from './run-view.js';

/** What the workflow knows of its submission once it knows it. */
export interface Submitted {
  readonly actionRunId: number;
  /** What tells it from other runs of that number. */
  readonly mark: string;
  /** Runs that an earlier POST made too, newer than the one that is kept. */
  readonly surplus: readonly number[];
  /** When SOAR took the action, by Temporal's clock; never later than it did, so that a delay is not waited out too long. */
  readonly sinceMs: number;
}

/** Why nothing was submitted. `isUncertain`: a POST may have been taken, and nothing of it was found. */
export interface NotSubmitted {
  readonly by: 'stop' | 'person';
  readonly isUncertain: boolean;
}

/** Everything submitting needs. */
export interface SubmissionContext {
  readonly tag: string;
  readonly input: CheckedInput;
  /** True if an earlier execution may have submitted under the same tag. */
  readonly mayExist: boolean;
  /** When it would have, at the earliest. */
  readonly mayExistSinceMs: number;
  readonly stop: Stop;
  readonly view: RunView;
  readonly resolver: SubmissionResolver;
}

/** POSTs of one submission; then a person is asked. With the pauses between them five take about a minute. */
const MAX_POSTS = 5;
const PAUSES_BEFORE_POST_MS = [0, 0, 2_000, 8_000, 15_000] as const;

/**
 * Submits the action once. A POST whose answer was lost is looked up by its tag, given time to arrive, and looked up
 * again; only then, and for actions that change something only when a person says so, is it sent again.
 */
export async function submitOnce(context: SubmissionContext): Promise<Submitted | NotSubmitted> {
  let isUncertain = context.mayExist;
  let pauseMs = 0;
  let sinceMs = context.mayExistSinceMs;
  for (let posts = 0; ;) {
    if (isUncertain) {
      const found = await lookUpUntilSettled(context, pauseMs);
      if (typeof found === 'object') return { ...found, sinceMs };
      const decision = await decideWhetherToSubmitAgain(context, posts, found);
      if (decision === 'stopped') return { by: 'stop', isUncertain };
      if (decision === 'abandon') return { by: 'person', isUncertain };
      if (typeof decision === 'object') return { ...(await keepOldest(context, decision)), sinceMs };
    }
    sinceMs = Date.now();
    const posted = await post(context);
    if (posted.kind === 'stopped') return { by: 'stop', isUncertain };
    if (posted.kind === 'submitted')
      return { ...(await keepOldest(context, { ...posted, mark: markOf(context.tag) })), sinceMs: posted.atMs };
    posts += 1;
    isUncertain = true;
    pauseMs = Math.max(posted.retryAfterMs, PAUSES_BEFORE_POST_MS[posts] ?? 0);
  }
}

type Found = Omit<Submitted, 'sinceMs'>;

type Posted =
  | { readonly kind: 'submitted'; readonly actionRunId: number; readonly atMs: number }
  | { readonly kind: 'uncertain'; readonly retryAfterMs: number }
  | { readonly kind: 'stopped' };

/** POSTs until SOAR has taken the action, has refused it, or may have taken it. */
async function post(context: SubmissionContext): Promise<Posted> {
  const { stop, view } = context;
  if (stop.request()) return { kind: 'stopped' };
  view.update({ phase: 'submitting', submissions: view.state.submissions + 1 });
  let attempts = 0;
  let passingSinceMs: number | undefined;
  for (let round = 0; !stop.request(); round += 1) {
    const maximumAttempts = attemptsOfRound(round);
    const posted = await postOnce(context, maximumAttempts);
    if (posted.kind !== 'failed') return posted;
    const { error, fate, retryAfterMs } = posted;
    attempts += triesOf(error, maximumAttempts);
    view.noteProblem('submit', { ...problemOf(error), attempts });
    if (fate === 'uncertain') return { kind: 'uncertain', retryAfterMs };
    const sinceMs = Date.now();
    if (fate === 'passing') passingSinceMs ??= sinceMs;
    const found = await waitOut(context, { ...posted, attempts, passingSinceMs });
    if (found) return { kind: 'submitted', actionRunId: found.actionRunId, atMs: passingSinceMs ?? sinceMs };
  }
  return { kind: 'stopped' };
}

interface FailedPost {
  readonly kind: 'failed';
  readonly error: unknown;
  readonly fate: Exclude<PostFate, 'refused'>;
  readonly retryAfterMs: number;
  /** False if it reached nobody. */
  readonly wasAnswered: boolean;
}

/** One activity, with as many tries as Temporal may make without a doubt. @throws the refusal, if SOAR refuses the action */
async function postOnce(context: SubmissionContext, maximumAttempts: number): Promise<Posted | FailedPost> {
  const { input, tag, stop, view } = context;
  const { request, options = null, origin } = input;
  try {
    // The activity lets a POST that is under way finish, so a stop here means that nothing was taken.
    const answer = await stop.unlessStopped(() =>
      soar('submit', `submit “${view.state.action}”`, maximumAttempts).submitActionRun({
        request,
        options,
        origin,
        tag,
      }),
    );
    if (!answer) return { kind: 'stopped' };
    if (!isAnswer(answer)) throw new Error('The POST was completed by hand, without a run.');
    input.learn(answer.checked);
    view.noteProblem('submit', null);
    view.update({ message: answer.message, actionRunUrl: answer.url });
    return { kind: 'submitted', actionRunId: answer.actionRunId, atMs: Date.now() };
  } catch (error) {
    if (isCancellation(error)) throw error;
    const { fate, retryAfterMs, checked, wasAnswered } = postDetailsOf(error);
    if (isChecked(checked)) input.learn(checked);
    if (fate === 'refused') throw refusal(error);
    return { kind: 'failed', error, fate, retryAfterMs, wasAnswered };
  }
}

const isChecked = hasFields<CheckedRun>('options', 'origin');

/** Somebody can complete the activity by hand, with anything. */
function isAnswer(answer: unknown): answer is SubmissionAnswer {
  return hasFields<SubmissionAnswer>('actionRunId', 'message', 'url', 'checked')(answer) && answer.actionRunId > 0;
}

/**
 * Waits before the next POST, and looks whether SOAR took the last one all the same.
 *
 * @throws the failure, if an answer that is no word about this action has lasted for `submitPatienceSecs`
 */
async function waitOut(
  context: SubmissionContext,
  failed: FailedPost & { readonly attempts: number; readonly passingSinceMs: number | undefined },
): Promise<Found | undefined> {
  const { error, attempts, passingSinceMs, retryAfterMs, wasAnswered } = failed;
  const { submitPatienceSecs } = (await context.input.get()).options;
  const leftMs = (passingSinceMs ?? Infinity) + submitPatienceSecs * 1_000 - Date.now();
  if (leftMs <= 0) throw refusal(error);
  const maxMs = passingSinceMs === undefined ? undefined : LONGEST_PASSING_PAUSE_MS;
  await pause(context, Math.min(Math.max(pauseAfterMs(attempts, maxMs), retryAfterMs), leftMs));
  if (!wasAnswered || context.stop.request()) return undefined;
  // An answer that came from SOAR's proxy is no proof that SOAR did not take it.
  return keep(context, await findRuns(context, 'was the action queued?'));
}

const LONGEST_PASSING_PAUSE_MS = 10_000;

async function pause({ stop }: SubmissionContext, ms: number): Promise<void> {
  await stop.unlessStopped(() => sleep(ms, { summary: 'until the next try' }));
}

/** The workflow fails with the reason itself, not with Temporal's wrapping of it. */
function refusal(error: unknown): ApplicationFailure {
  const { code, message } = problemOf(error);
  const { problems } = postDetailsOf(error);
  return ApplicationFailure.nonRetryable(message, code, { actionRunId: null, ...(problems ? { problems } : {}) });
}

/** @returns the run; else what has its tag and is another action, if anything has */
async function lookUpUntilSettled(context: SubmissionContext, pauseMs: number): Promise<Found | string | undefined> {
  const { input, view } = context;
  const { settleSecs } = (await input.get()).options;
  view.update({ phase: 'lookingUpSubmission' });
  if (pauseMs > 0) await sleep(pauseMs, { summary: 'before SOAR is asked again' });
  const found = keep(context, await findRuns(context, 'was the action queued?'));
  if (found) return found;
  await sleep(settleSecs * 1_000, { summary: 'until the lost POST can no longer arrive' });
  const late = await findRuns(context, 'was the action queued after all?');
  const stranger = late.find(({ unlike }) => unlike !== undefined);
  const doubt =
    stranger && `action_run ${stranger.id} has its tag, but is not what was submitted: ${stranger.unlike ?? ''}`;
  return keep(context, late) ?? doubt;
}

/** A look-up that a stop does not interrupt: what may have been taken must be found. */
async function findRuns(context: SubmissionContext, summary: string): Promise<readonly FoundRun[]> {
  return persist({
    summary,
    note: context.view.noteProblemOf('lookUp'),
    isResult: isListOf<FoundRun>('id', 'url'),
    call: (activities) => activities.findActionRuns(lookUpOf(context, null)),
  });
}

/** Larger ones are not compared: each look-up would carry them. */
const MAX_COMPARED_BYTES = 64 * 1024;

/** The look-up of a submission by its tag. */
export function lookUpOf({ tag, input }: Pick<SubmissionContext, 'tag' | 'input'>, keep: number | null): LookUp {
  const { name, action, container_id, targets } = input.request;
  const isSmall = jsonBytes(targets) <= MAX_COMPARED_BYTES;
  const wanted = { action, container_id, ...(isSmall ? { targets } : {}) };
  return { tag, name: taggedName(name, tag), keep, origin: input.origin, wanted };
}

function keep({ tag, view }: SubmissionContext, found: readonly FoundRun[]): Found | undefined {
  const [oldest, ...surplus] = found.filter(({ unlike }) => unlike === undefined);
  if (!oldest) return undefined;
  view.noteProblem('submit', null);
  view.update({ actionRunUrl: oldest.url });
  return { actionRunId: oldest.id, mark: markOf(tag), surplus: surplus.map(({ id }) => id) };
}

/** After a second POST the first may have arrived too: the older run is kept. */
async function keepOldest(context: SubmissionContext, { actionRunId, mark }: Adopted): Promise<Found> {
  if (context.view.state.submissions <= 1) return { actionRunId, mark, surplus: [] };
  const found = await findRuns(context, 'did an earlier POST arrive too?');
  return keep(context, found) ?? { actionRunId, mark, surplus: [] };
}

/** @param stranger what has the tag and is another action: only a person can say what that means */
async function decideWhetherToSubmitAgain(
  context: SubmissionContext,
  posts: number,
  stranger: string | undefined,
): Promise<Resolution | 'stopped'> {
  const { resolver, stop, view } = context;
  const doubt = await doubtLookUps(context, stranger);
  // A cancel ends it if SOAR certainly has no run of ours; otherwise a person has to say so.
  if (stop.request() && doubt === null) return 'stopped';
  if (doubt === null && posts < MAX_POSTS && (await mayResubmit(context)))
    return stop.request() ? 'stopped' : 'resubmit';
  if (doubt !== null) view.update({ message: `Whether SOAR has the action cannot be looked up: ${doubt}.` });
  view.update({ phase: 'awaitingResolution' });
  view.publish();
  const note = view.noteProblemOf('lookUp');
  const lateRun = () => awaitOtherRun(lookUpOf(context, null), 'has the lost POST arrived?', note);
  if (doubt !== null) return resolver.ask(context.tag, lateRun);
  return (await stop.unlessStopped(() => resolver.ask(context.tag, lateRun))) ?? 'stopped';
}

async function doubtLookUps({ input, view }: SubmissionContext, stranger?: string): Promise<string | null> {
  if (stranger !== undefined) return stranger;
  const { origin } = await input.get();
  return persist({
    summary: 'would a look-up find our runs?',
    note: view.noteProblemOf('lookUp'),
    isResult: orNull(isText),
    call: (activities) => activities.doubtLookUps({ origin }),
  });
}

/** Whether the action may be submitted again without asking a person. */
export async function mayResubmit({ input, view }: Pick<SubmissionContext, 'input' | 'view'>): Promise<boolean> {
  const { whenUncertain } = (await input.get()).options;
  const { action, type } = input.request;
  return mayRunAgain({ whenUncertain, type }, () => declaredType(action, view.noteProblemOf('lookUp')));
}
