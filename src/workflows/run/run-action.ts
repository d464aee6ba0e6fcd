import {
  CancelledFailure,
  CancellationScope,
  defineQuery,
  defineUpdate,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { KnownRun, SeenRun } from '../../activities/index.js';
import type { RunActionOptions, RunActionRequest, RunActionResult } from '../../contracts/run-action.js';
import { isObject } from '../../model/json.js';
import { QUERIES, SIGNALS, UPDATES } from '../../model/names.js';
import { MAX_OPTIONS_BYTES } from '../../model/options.js';
import type { RunOptions } from '../../model/options.js';
import { reasonOf } from '../../model/batch/pack-outcome.js';
import type { CancelAnswer, RunState } from '../../model/run-state.js';
import { markOf, mayHaveBeenSubmitted, readBegun, submissionTag } from '../../model/submission-tag.js';
import type { Begun } from '../../model/submission-tag.js';
import { textOr } from '../../model/text.js';
import { problemOf } from '../calls/failure-of-activity.js';
import { persist } from '../calls/persist.js';
import { hasFields, orNull } from '../shapes.js';
import { awaitEnd, firstLook, noteApprovals, waitOutDelay } from './await-end.js';
import type { Ended } from './await-end.js';
import { cancelSignal, Stop, stopRequest } from '../cancellation.js';
import { beforeTimeout, withinDeadline } from '../deadline.js';
import { collectResults } from './collect-results.js';
import { CheckedInput, requireInput, requireNoMore, requireOwnBegun, requireSendable, withoutStack } from '../input.js';
import { recordStart } from '../record.js';
import { CancelRequests } from './request-cancel.js';
import { SubmissionResolver } from './resolve-submission.js';
import type { ResolveSubmission } from './resolve-submission.js';
import { conclude, fitPayload, neverRan, notEnded, notSuccessful, notWatched, unwatchedResult } from './run-result.js';
import { RunView } from './run-view.js';
import { lookUpOf, mayResubmit, submitOnce } from './submit-once.js';
import type { NotSubmitted, Submitted } from './submit-once.js';
import { SurplusRuns } from './surplus-runs.js';
import { answerStopWatching } from '../stop-watching.js';
import { answerUnknownCalls } from '../unknown-calls.js';

const statusQuery = defineQuery<RunState>(QUERIES.status);
const resultQuery = defineQuery<RunActionResult | null>(QUERIES.result);
const requestCancel = defineUpdate<CancelAnswer | null, [unknown?]>(UPDATES.requestCancel);
const resolveSubmission = defineUpdate<string, [ResolveSubmission]>(UPDATES.resolveSubmission);

const KNOWN_CALLS = {
  signal: [SIGNALS.cancel],
  query: [QUERIES.status, QUERIES.result],
  update: [UPDATES.requestCancel, UPDATES.resolveSubmission, UPDATES.stopWatching],
};

/**
 * Runs one SOAR action and sees it through: submits it once, waits out its delay, follows it to its end, brings back its
 * results.
 *
 * @param request the body of SOAR's `POST /rest/action_run`, exactly as on the page
 * @param options what this run does differently from the defaults
 * @param begun a submission that a group of a batch began: it is looked up first, and then seen through here
 * @returns how it ended; an action that failed is a result, not a failure of the workflow (see `failUnlessSuccess`)
 */
export async function runAction(
  request: RunActionRequest,
  options?: RunActionOptions,
  begun?: Begun,
  ...rest: unknown[]
): Promise<RunActionResult> {
  const run = newRun(request, options, readBegun(begun));
  const { view, stop, cancels, resolver } = run;

  setHandler(statusQuery, () => view.state, {
    description: 'Where the run stands, who is asked, what SOAR last said, what is wrong.',
  });
  setHandler(resultQuery, () => view.result, {
    description: 'The result; null until the end.',
  });
  setHandler(cancelSignal, (argument) => stop.because(stopRequest('signal', argument)), {
    description: 'Stop the run and cancel it in SOAR. Optional argument: a reason, or { reason }.',
  });
  setHandler(requestCancel, (argument) => cancels.requestAndWait(argument), {
    description: 'The same as signal cancel, answered with what SOAR says to it.',
  });
  setHandler(resolveSubmission, (argument) => resolver.resolve(argument, adoptionOf(run)), {
    validator: (argument) => resolver.check(argument),
    description:
      'Decide about a POST whose answer was lost: { decision: "resubmit" | "abandon" | "adopt", actionRunId? }',
  });
  const untilUnwatched = answerStopWatching(() => notWatched(view.state));
  answerUnknownCalls(KNOWN_CALLS, (unknownCalls) => view.update({ unknownCalls }));

  const unwatched = untilUnwatched.then((message) => unwatchedResult(view, message));
  const inTime = (): Promise<RunActionResult> =>
    beforeTimeout(
      stop,
      () => notEnded(view),
      () => execute(run),
    );
  const seeThrough = async (): Promise<RunActionResult> => {
    requireInput('request', request, 'the body of POST /rest/action_run');
    requireSendable('options', options, MAX_OPTIONS_BYTES);
    requireOwnBegun(begun);
    requireNoMore('runAction takes two arguments, request and options', rest);
    recordStart(request.action);
    return Promise.race([inTime(), unwatched]);
  };
  // Temporal's cancellation is one more way of being stopped: it must not end the workflow while the run lives.
  return CancellationScope.nonCancellable(async () => {
    return finish(run, await seeThrough().catch((error: unknown) => failed(view, error)));
  });
}

function newRun(request: RunActionRequest, options: RunActionOptions | undefined, begun: Begun | undefined): Run {
  const given: unknown = request;
  const { action, container_id } = isObject(given) ? given : {};
  const container = typeof container_id === 'number' || typeof container_id === 'string' ? String(container_id) : null;
  const view = new RunView(textOr(action, 'unnamed action'), container);
  const stop = new Stop();
  return {
    input: new CheckedInput(request, options),
    tag: begun?.tag ?? submissionTag(workflowInfo()),
    begun,
    view,
    stop,
    cancels: new CancelRequests(stop, view),
    resolver: new SubmissionResolver(),
  };
}

/** The status and the details say so too, and why. */
function failed(view: RunView, error: unknown): never {
  view.update({ phase: 'done', outcome: 'failed', message: problemOf(error).message, problem: null });
  view.publish();
  throw withoutStack(error);
}

/** Answers who still waits for one, and turns the result into what the workflow ends with. */
async function finish({ view, stop, cancels, input }: Run, result: RunActionResult): Promise<RunActionResult> {
  await cancels.answerAll(`The run had ended: ${result.outcome}.`);
  const { cancel } = view.state;
  const finished = fitPayload({ ...result, ...(cancel ? { cancel } : {}) });
  view.result = finished;
  view.update({ phase: 'done', outcome: result.outcome, message: reasonOf(result) });
  view.publish();
  if (stop.byTemporal && (result.outcome === 'cancelled' || result.outcome === 'timedOut'))
    throw new CancelledFailure(result.message);
  if (input.options?.failUnlessSuccess === true && result.outcome !== 'success') throw notSuccessful(finished);
  return finished;
}

/** What every chapter of a run needs. */
interface Run {
  readonly input: CheckedInput;
  readonly tag: string;
  readonly begun: Begun | undefined;
  readonly view: RunView;
  readonly stop: Stop;
  readonly cancels: CancelRequests;
  readonly resolver: SubmissionResolver;
}

async function execute(run: Run): Promise<RunActionResult> {
  const submitted = await submit(run);
  if ('by' in submitted) return neverRan(run, submitted);
  const followed = await follow(run, submitted);
  const again = followed.ended.statusClass === 'replaced' ? await resubmit(run) : undefined;
  const { ended, surplusRuns } = again ? await follow(run, again) : followed;
  const { options, origin } = await run.input.get();
  const known = { actionRunId: ended.actionRunId, mark: (again ?? submitted).mark, origin };
  if (ended.statusClass === 'failed') await noteApprovals(run.view, known);
  run.view.update({ phase: 'fetchingResults' });
  const { request } = run.input;
  const budgetBytes = options.inlineResultBytes;
  const results = await collectResults({ ...run, request, run: known, ended, budgetBytes });
  return conclude(run, ended, { ...results, surplusRuns });
}

/** SOAR has lost the run: what may be repeated is submitted as after a lost answer, once. Nothing is sent for anybody who stops it. */
async function resubmit(run: Run): Promise<Submitted | undefined> {
  const { tag, input, stop, view, resolver } = run;
  if (stop.request() || !(await mayResubmit(run))) return undefined;
  view.update({ actionRunId: null, actionRunUrl: null });
  const context = { tag, input, mayExist: true, mayExistSinceMs: Date.now(), stop, view, resolver };
  const submitted = await submitOnce(context);
  return 'by' in submitted ? undefined : submitted;
}

async function submit(run: Run): Promise<Submitted | NotSubmitted> {
  const { begun, input, tag, stop, view, resolver } = run;
  const mayExist = begun !== undefined || mayHaveBeenSubmitted(workflowInfo());
  view.update({ submissions: mayExist ? 1 : 0 });
  const mayExistSinceMs = begun ? Math.min(begun.sinceMs, Date.now()) : workflowInfo().startTime.getTime();
  const actionRunId = await begunRun(run);
  if (actionRunId !== null) return { actionRunId, mark: markOf(tag), surplus: [], sinceMs: mayExistSinceMs };
  return submitOnce({ tag, input, mayExist, mayExistSinceMs, stop, view, resolver });
}

/** The run that a group began, if its name in SOAR has the tag: nothing else says that it is ours. */
async function begunRun(run: Run): Promise<number | null> {
  const { begun, input } = run;
  if (!begun || begun.actionRunId === null) return null;
  await input.get();
  const found = await lookAt(run, begun.actionRunId, begun.tag);
  return found && !found.unlike ? begun.actionRunId : null;
}

/** Follows the run to its end, and cancels what earlier POSTs made too. */
async function follow(run: Run, { actionRunId, mark, surplus, sinceMs }: Submitted) {
  const { tag, input, view } = run;
  view.update({ actionRunId, phase: 'awaitingActionRun' });
  const { options, origin } = await input.get();
  const others = new SurplusRuns(lookUpOf({ tag, input }, actionRunId), view.noteProblemOf('lookUp'));
  if (surplus.length > 0) await others.cancel(surplus);
  const dueAtMs = sinceMs + (input.request.exec_delay_secs ?? 0) * 1_000;
  const known = { actionRunId, mark, origin };
  const untilEnd = (): Promise<Ended> => untilEnded(run, options, known, dueAtMs);
  const ended = await (view.state.submissions > 1 ? others.during(untilEnd) : untilEnd());
  return { ended, surplusRuns: others.runs };
}

/** Until SOAR has ended the run: a cancel that SOAR refuses, or that it never answers, leaves it watched all the same. */
async function untilEnded(run: Run, options: RunOptions, known: KnownRun, dueAtMs: number): Promise<Ended> {
  const { stop, view, cancels } = run;
  const ended = await stop.unlessStopped(async () => {
    await waitOutDelay(view, dueAtMs);
    view.update({ phase: 'awaitingActionRun' });
    const budgetBytes = options.inlineResultBytes;
    const untilEnd = async () => (await firstLook(view, { ...known, budgetBytes })) ?? awaitEnd(view, known);
    return withinDeadline(stop, { dueAtMs, ...options }, untilEnd);
  });
  return ended ?? cancels.cancelWhileItLives(known, awaitEnd(view, known));
}

const isRun = hasFields<SeenRun>('id', 'status');

function lookAt({ input, view }: Run, actionRunId: number, tag: string | null): Promise<SeenRun | null> {
  const { origin, request } = input;
  const { action, container_id } = request;
  return persist({
    summary: `is action_run ${actionRunId} ours?`,
    note: view.noteProblemOf('lookUp'),
    isResult: orNull(isRun),
    call: (soar) => soar.lookAtActionRun({ actionRunId, tag, origin, wanted: { action, container_id } }),
  });
}

function adoptionOf(run: Run) {
  const { action, container_id } = run.input.request;
  const wanted = `“${action}” in container ${container_id}`;
  return { tag: run.tag, wanted, look: (actionRunId: number) => lookAt(run, actionRunId, null) };
}
