import { ActivityFailure, ApplicationFailure, sleep } from '@temporalio/workflow';
import type { FoundRun, LookUp, SubmissionInput, UncertainDetails } from '../activities/index.js';
import { changesSomething } from '../model/action-type.js';
import { FAILURE_TYPES } from '../model/names.js';
import { taggedName } from '../model/submission-tag.js';
import type { RunOptions } from '../model/run-options.js';
import { soar } from './activity-proxies.js';
import { lookUpType } from './look-up-type.js';
import type { OperatorDesk, Resolution } from './operator-desk.js';
import type { RunView } from './run-view.js';
import type { Stop } from './stop.js';

/** What the workflow knows of its submission once it knows it. */
export interface Submitted {
  readonly actionRunId: number;
  /** Runs that an earlier POST made too, newer than the one that is kept. */
  readonly surplus: readonly number[];
  /** When SOAR took the action, by Temporal's clock; never later than it did, so that a delay is not waited out too long. */
  readonly sinceMs: number;
}

/** Everything submitting needs. */
export interface SubmissionContext {
  readonly input: SubmissionInput;
  readonly options: RunOptions;
  /** True where an earlier execution may have submitted under the same tag. */
  readonly mayExist: boolean;
  /** When it would have, at the earliest. */
  readonly mayExistSinceMs: number;
  readonly stop: Stop;
  readonly view: RunView;
  readonly desk: OperatorDesk;
}

/**
 * Submits the action once. A POST whose answer was lost is looked up by its tag, given time to arrive, and looked up
 * again; only then, and for actions that change something only when a person says so, is it sent again.
 *
 * @returns `undefined` where the run was stopped, or given up by a person, before SOAR had it.
 */
export async function submitOnce(context: SubmissionContext): Promise<Submitted | undefined> {
  let certainlyNotSubmitted = !context.mayExist;
  let pauseMs = 0;
  let sinceMs = context.mayExistSinceMs;
  for (;;) {
    if (!certainlyNotSubmitted) {
      const found = await lookUpUntilSettled(context, pauseMs);
      if (found) return { ...found, sinceMs };
      const decision = context.stop.request() ? 'abandon' : await decideWhetherToSubmitAgain(context);
      if (decision === 'abandon') return undefined;
      if (typeof decision === 'number') return { ...(await keepOldest(context, decision)), sinceMs };
    }
    sinceMs = Date.now();
    const posted = await post(context);
    if (posted.kind === 'stopped') return undefined;
    if (posted.kind === 'submitted')
      return { ...(await keepOldest(context, posted.actionRunId)), sinceMs: posted.atMs };
    certainlyNotSubmitted = false;
    pauseMs = posted.retryAfterMs;
  }
}

type Found = Omit<Submitted, 'sinceMs'>;

type Posted =
  | { readonly kind: 'submitted'; readonly actionRunId: number; readonly atMs: number }
  | { readonly kind: 'uncertain'; readonly retryAfterMs: number }
  | { readonly kind: 'stopped' };

async function post({ input, stop, view }: SubmissionContext): Promise<Posted> {
  if (stop.request()) return { kind: 'stopped' };
  view.update({ phase: 'submitting', submissions: view.state.submissions + 1 });
  try {
    // The activity lets a POST that is under way finish, so a stop here means that nothing was sent.
    const answer = await stop.unlessStopped(() =>
      soar('submit', `submit “${view.state.action}”`).submitActionRun(input),
    );
    if (!answer) return { kind: 'stopped' };
    view.update({ message: answer.message, actionRunUrl: answer.url });
    return { kind: 'submitted', actionRunId: answer.actionRunId, atMs: Date.now() };
  } catch (error) {
    const uncertain = readUncertain(error);
    if (!uncertain) throw error;
    return { kind: 'uncertain', retryAfterMs: uncertain.retryAfterMs };
  }
}

/** A killed worker (the activity timed out) leaves the same doubt as a lost answer. */
function readUncertain(error: unknown): UncertainDetails | undefined {
  if (!(error instanceof ActivityFailure)) return undefined;
  if (!(error.cause instanceof ApplicationFailure)) return { retryAfterMs: 0 };
  if (error.cause.type !== FAILURE_TYPES.submissionUncertain) return undefined;
  const [details] = error.cause.details ?? [];
  return isUncertainDetails(details) ? details : { retryAfterMs: 0 };
}

function isUncertainDetails(value: unknown): value is UncertainDetails {
  return (
    typeof value === 'object' && value !== null && 'retryAfterMs' in value && typeof value.retryAfterMs === 'number'
  );
}

async function lookUpUntilSettled(context: SubmissionContext, pauseMs: number): Promise<Found | undefined> {
  const { options, view } = context;
  view.update({ phase: 'lookingUpSubmission' });
  if (pauseMs > 0) await sleep(pauseMs, { summary: 'SOAR asked to be left alone (Retry-After)' });
  const found = keep(context, await findRuns(context, 'was the action queued?'));
  if (found) return found;
  await sleep(options.settleSecs * 1_000, { summary: 'until the lost POST can no longer arrive' });
  return keep(context, await findRuns(context, 'was the action queued after all?'));
}

async function findRuns({ input }: SubmissionContext, summary: string): Promise<FoundRun[]> {
  return soar('read', summary).findActionRuns(lookUp(input, null));
}

function lookUp({ request, tag }: SubmissionInput, keep: number | null): LookUp {
  return { tag, name: taggedName(request.name, tag), keep };
}

function keep({ view }: SubmissionContext, found: readonly FoundRun[]): Found | undefined {
  const [oldest, ...surplus] = found;
  if (!oldest) return undefined;
  view.update({ actionRunUrl: oldest.url });
  return { actionRunId: oldest.id, surplus: surplus.map(({ id }) => id) };
}

/** After a second POST the first may have arrived too: the older run is kept. */
async function keepOldest(context: SubmissionContext, actionRunId: number): Promise<Found> {
  if (context.view.state.submissions <= 1) return { actionRunId, surplus: [] };
  const found = await findRuns(context, 'did an earlier POST arrive too?');
  return keep(context, found) ?? { actionRunId, surplus: [] };
}

async function decideWhetherToSubmitAgain(context: SubmissionContext): Promise<Resolution> {
  const { input, options, desk, stop, view } = context;
  const whenUncertain = options.whenUncertain ?? ((await mayChangeSomething(input)) ? 'ask' : 'resubmit');
  if (whenUncertain === 'resubmit') return 'resubmit';
  view.update({ phase: 'awaitingResolution' });
  view.publish();
  const lateRun = () => soar('poll', 'has the lost POST arrived?').awaitOtherRun(lookUp(input, null));
  return (await stop.unlessStopped(() => desk.ask(lateRun))) ?? 'abandon';
}

/** Where SOAR does not let us look, it may. */
async function mayChangeSomething({ request }: SubmissionInput): Promise<boolean> {
  const type = request.type ?? (await lookUpType(request.action));
  return type === undefined || (type !== null && changesSomething(type));
}
