import {
  ApplicationFailure,
  CancelledFailure,
  CancellationScope,
  condition,
  defineQuery,
  defineUpdate,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { EndedRun, Sight } from '../activities/index.js';
import type { ActionRunSummary, RunActionOptions, RunActionRequest, RunActionResult } from '../contracts/run-action.js';
import { FAILURE_TYPES, QUERIES, UPDATES } from '../model/names.js';
import type { RunOptions } from '../model/options.js';
import { decideOutcome } from '../model/run-state.js';
import type { ApprovalNotice, CancelAnswer, RunState } from '../model/run-state.js';
import { mayHaveBeenSubmitted, readBegun, submissionTag, taggedName } from '../model/submission-tag.js';
import type { Begun } from '../model/submission-tag.js';
import { readReason, textOr } from '../model/text.js';
import { hasFields, isListOf, leaveAlone, orNull, persist, validation } from './activities.js';
import { beforeTimeout, cancelSignal, Stop, stopRequest, withinDeadline } from './cancellation.js';
import { collectResults, fitPayload } from './collect-results.js';
import type { CollectedResults } from './collect-results.js';
import { requireInput, requireOwnBegun, requireSendable, unwrapped } from './input.js';
import { CancelRequests } from './request-cancel.js';
import { SubmissionResolver } from './resolve-submission.js';
import type { ResolveSubmission } from './resolve-submission.js';
import { RunView } from './run-view.js';
import { submitOnce } from './submit-once.js';
import type { NotSubmitted, Submitted } from './submit-once.js';
import { SurplusRuns } from './surplus-runs.js';

const statusQuery = defineQuery<RunState>(QUERIES.status);
const requestCancel = defineUpdate<CancelAnswer | null, [unknown?]>(UPDATES.requestCancel);
const resolveSubmission = defineUpdate<string, [ResolveSubmission]>(UPDATES.resolveSubmission);
const stopWatching = defineUpdate<string, [unknown]>(UPDATES.stopWatching);

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
): Promise<RunActionResult> {
  const given: Partial<RunActionRequest> = typeof request === 'object' && request !== null ? request : {};
  const view = new RunView(textOr(given.action, 'unnamed action'), String(given.container_id));
  const stop = new Stop();
  const cancels = new CancelRequests(stop, view);
  const resolver = new SubmissionResolver();
  const run: Run = { request, tag: '', origin: null, begun: readBegun(begun), view, stop, cancels, resolver };
  let unwatchedBecause: string | undefined;

  setHandler(statusQuery, () => view.state, {
    description: 'Where the run stands, who is asked, what SOAR last said, what is wrong.',
  });
  setHandler(cancelSignal, (argument) => stop.because(stopRequest('signal', argument)), {
    description: 'Stop the run and cancel it in SOAR. Optional argument: a reason, or { reason }.',
  });
  setHandler(requestCancel, (argument) => cancels.requestAndWait(argument), {
    description: 'The same as signal cancel, answered with what SOAR says to it.',
  });
  setHandler(resolveSubmission, (argument) => resolver.resolve(argument, adoptionOf(run)), {
    validator: (argument) => resolver.check(argument),
    description: 'Decide about a POST whose answer was lost: { decision: "resubmit" | "abandon" | "adopt", actionRunId? }',
  });
  setHandler(
    stopWatching,
    (argument) => {
      unwatchedBecause = readReason(argument);
      return 'Noted: the run is watched no longer.';
    },
    {
      validator: (argument) => requireReason(argument, view.state),
      description: 'End this workflow and leave the run in SOAR to itself: { reason }.',
    },
  );

  requireInput('request', request, 'the body of POST /rest/action_run');
  requireSendable('options', options);
  requireOwnBegun(begun);
  const checked = await validation.validateRun({ request, options: options ?? null }).catch((error: unknown) => {
    view.update({ phase: 'done', outcome: 'failed' });
    throw unwrapped(error);
  });
  run.tag = run.begun?.tag ?? submissionTag(workflowInfo());
  run.origin = checked.origin;

  const unwatched = condition(() => unwatchedBecause !== undefined).then(() => unwatchedResult(view, unwatchedBecause));
  const inTime = (): Promise<RunActionResult> =>
    beforeTimeout(stop, () => Promise.reject(notEnded(view)) as never, () => execute(run, checked.options));
  const result = await CancellationScope.nonCancellable(() => Promise.race([inTime(), unwatched]));
  await cancels.answerAll(`The run had ended: ${result.outcome}.`);
  const finished = fitPayload({ ...result, ...(view.state.cancel ? { cancel: view.state.cancel } : {}) });
  view.update({ phase: 'done', outcome: result.outcome });
  view.publish();
  if (stop.byTemporal && (result.outcome === 'cancelled' || result.outcome === 'timedOut'))
    throw new CancelledFailure(result.message, [finished]);
  if (checked.options.failUnlessSuccess && result.outcome !== 'success') throw notSuccessful(finished);
  return finished;
}

/** What every chapter of a run needs. */
interface Run {
  readonly request: RunActionRequest;
  tag: string;
  /** Address of the SOAR that takes the action. */
  origin: string | null;
  readonly begun: Begun | undefined;
  readonly view: RunView;
  readonly stop: Stop;
  readonly cancels: CancelRequests;
  readonly resolver: SubmissionResolver;
}

async function execute(run: Run, options: RunOptions): Promise<RunActionResult> {
  const submitted = await submit(run, options);
  if ('by' in submitted) return neverRan(run, submitted);
  const { actionRunId } = submitted;
  run.view.update({ actionRunId, phase: 'awaitingActionRun' });
  run.view.publish();
  const { ended, surplusRuns } = await follow(run, options, submitted);
  await noteApprovals(run, ended);
  run.view.update({ phase: 'fetchingResults' });
  const results = await collectResults({ ...run, actionRunId, ended, budgetBytes: options.inlineResultBytes });
  return conclude(run, ended, { ...results, surplusRuns });
}

async function submit(run: Run, options: RunOptions): Promise<Submitted | NotSubmitted> {
  const { begun, request, tag, origin, stop, view, resolver } = run;
  const mayExist = begun !== undefined || mayHaveBeenSubmitted(workflowInfo());
  view.update({ submissions: mayExist ? 1 : 0 });
  if (begun && begun.actionRunId !== null)
    return { actionRunId: begun.actionRunId, surplus: [], sinceMs: begun.sinceMs };
  const mayExistSinceMs = begun?.sinceMs ?? workflowInfo().startTime.getTime();
  return submitOnce({ input: { request, tag, origin }, options, mayExist, mayExistSinceMs, stop, view, resolver });
}

/** Follows the run to its end, and cancels what earlier POSTs made too. */
async function follow(run: Run, options: RunOptions, { actionRunId, surplus, sinceMs }: Submitted) {
  const { tag, origin, view, request } = run;
  const lookUp = { tag, name: taggedName(request.name, tag), keep: actionRunId, origin };
  const others = new SurplusRuns(lookUp, view.noteProblemOf('lookUp'));
  await others.cancel(surplus);
  const dueAtMs = sinceMs + (request.exec_delay_secs ?? 0) * 1_000;
  const untilEnd = (): Promise<EndedRun> => untilEnded(run, options, actionRunId, dueAtMs);
  const ended = await (view.state.submissions > 1 ? others.during(untilEnd) : untilEnd());
  return { ended, surplusRuns: others.runs };
}

/** Until SOAR has ended the run: a cancel that SOAR refuses, or that it never answers, leaves it watched all the same. */
async function untilEnded(run: Run, options: RunOptions, actionRunId: number, dueAtMs: number): Promise<EndedRun> {
  const { stop, view, cancels, origin } = run;
  const ended = await stop.unlessStopped(async () => {
    await waitOutDelay(view, dueAtMs);
    view.update({ phase: 'awaitingActionRun' });
    return withinDeadline(stop, { dueAtMs, ...options }, () => awaitEnd(run, actionRunId));
  });
  return ended ?? cancels.cancelWhileItLives(actionRunId, origin, awaitEnd(run, actionRunId));
}

/** The delay SOAR holds the action back for, until it is due. */
async function waitOutDelay(view: RunView, dueAtMs: number): Promise<void> {
  const remainingMs = dueAtMs - Date.now();
  if (remainingMs <= 0) return;
  view.update({ phase: 'delayed', dueTime: new Date(dueAtMs).toISOString() });
  await sleep(remainingMs, { summary: 'exec_delay_secs' });
}

const isSight = hasFields<Sight>('ended', 'polls', 'approvals', 'latest', 'problem');
const isRun = hasFields<ActionRunSummary>('id', 'status');

/** Waits until SOAR has ended the run, or does not know it any more; tells the view who is asked and what is wrong meanwhile. */
async function awaitEnd({ view, origin }: Run, actionRunId: number): Promise<EndedRun> {
  let problemAttempts = 0;
  for (;;) {
    const known = { approvals: view.state.approvals.map(({ id }) => id), problemAttempts };
    const input = { actionRunIds: [actionRunId], origin, known, as: 'alone' } as const;
    const sight = await persist('poll', `poll action_run ${actionRunId}`, view.noteProblemOf('poll'), isSight, (activities) =>
      activities.awaitActionRuns(input),
    );
    view.noteProblem('poll', sight.problem);
    problemAttempts = sight.problem?.attempts ?? 0;
    await leaveAlone(sight);
    const { latest } = sight;
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
async function noteApprovals({ view, origin }: Run, { statusClass, actionRunId }: EndedRun): Promise<void> {
  if (statusClass !== 'failed') return;
  const summary = 'was it denied, or did an approval expire?';
  const note = view.noteProblemOf('results');
  const approvals = await persist('read', summary, note, orNull(isListOf<ApprovalNotice>('status')), (activities) =>
    activities.fetchApprovals({ actionRunId, origin }),
  );
  if (approvals !== null) view.update({ approvals });
}

function conclude(
  { view, stop }: Run,
  { actionRun, actionRunId, statusClass, message }: EndedRun,
  results: CollectedResults & Pick<RunActionResult, 'surplusRuns'>,
): RunActionResult {
  const { approvals, polls, submissions } = view.state;
  const request = stop.request();
  const stopped = request && (request.by === 'deadline' ? 'timeout' : 'cancel');
  const outcome = decideOutcome({ statusClass, stopped, approvals });
  return { outcome, message, actionRunId, actionRun, ...results, approvals, submissions, polls };
}

const NOTHING = { actionRun: null, appRuns: [], appRunsOmitted: 0, surplusRuns: [] } as const;
const NOT_SENT = 'Cancelled before SOAR had the action.';
const NOT_FOUND =
  'Cancelled while it was unknown whether SOAR had the action: no run with its tag turned up, although a POST may have been taken.';
const GIVEN_UP = 'Given up by a person while it was unknown whether SOAR had queued the action.';

function neverRan({ view, cancels }: Run, { by, isUncertain }: NotSubmitted): RunActionResult {
  const message = by === 'person' ? GIVEN_UP : isUncertain ? NOT_FOUND : NOT_SENT;
  cancels.answer(isUncertain ? { accepted: false, message } : { accepted: true, message: NOTHING_SUBMITTED });
  const outcome = by === 'stop' ? 'cancelled' : 'failed';
  const { submissions } = view.state;
  return { outcome, message, actionRunId: null, ...NOTHING, approvals: [], submissions, polls: 0 };
}

const NOTHING_SUBMITTED = 'Nothing had been submitted to SOAR.';

function unwatchedResult(view: RunView, reason = ''): RunActionResult {
  const { actionRunId, approvals, polls, submissions } = view.state;
  const message = `Watched no longer, as a person decided: ${reason}`;
  return { outcome: 'unwatched', message, actionRunId, ...NOTHING, approvals, submissions, polls };
}

/** A run may be left alone once SOAR may have it, and with a reason: it can go on in SOAR, and nobody will follow it. */
function requireReason(argument: unknown, { submissions, phase }: RunState): void {
  const refuse = (message: string): never => {
    throw ApplicationFailure.nonRetryable(message, FAILURE_TYPES.invalidStopWatching);
  };
  if (readReason(argument) === undefined) refuse('reason: must be text, as { "reason": "followed by hand" }.');
  if (submissions === 0 || phase === 'submitting') refuse('Nothing is watched yet: signal cancel stops the submission.');
  if (phase === 'done') refuse('The run has ended.');
}

function adoptionOf({ tag, view, origin, request }: Run) {
  const look = (actionRunId: number) =>
    persist('read', `is action_run ${actionRunId} ours?`, view.noteProblemOf('lookUp'), orNull(isRun), (activities) =>
      activities.getActionRun({ actionRunId, origin }),
    );
  return { tag, action: request.action, containerId: String(request.container_id), look };
}

function notSuccessful(result: RunActionResult): ApplicationFailure {
  const message = `action_run ${String(result.actionRunId)} ended ${result.outcome}: ${result.message}`;
  const type = FAILURE_TYPES.actionRunNotSuccessful;
  return ApplicationFailure.create({ message, type, nonRetryable: true, details: [result] });
}

/** The workflow's own timeout is near: Temporal's failure could not say which run it was. */
function notEnded({ state }: RunView): ApplicationFailure {
  const { actionRunId, status, cancel } = state;
  const message = `action_run ${String(actionRunId)} has not ended in SOAR before the timeout of this workflow.`;
  const details = [{ actionRunId, status, cancel }];
  return ApplicationFailure.create({ message, type: FAILURE_TYPES.actionRunNotEnded, nonRetryable: true, details });
}
