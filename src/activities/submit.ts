import { Readable } from 'node:stream';
import { Context } from '@temporalio/activity';
import type { RunActionGroupInput } from '../contracts/run-action-group.js';
import type { RunActionRequest } from '../contracts/run-action.js';
import { fateOfPost, meaningOf } from '../model/error-codes.js';
import { isObject } from '../model/json.js';
import { groupedTag, taggedName } from '../model/submission-tag.js';
import { requestOf } from '../model/batch/batch-item.js';
import { cut, MAX_ANSWER_CHARACTERS } from '../model/text.js';
import { ACTIVITY_TIMEOUTS, GROUP_SUBMIT, REQUEST_TIMEOUT_MS } from '../model/timeouts-and-intervals.js';
import type { SoarClient } from '../soar/client.js';
import { SoarError } from '../soar/soar-error.js';
import { toPostFailure, uncertain } from './failures.js';
import { requireSameSoar } from '../soar/our-run.js';
import type { CheckedRun } from './failures.js';
import type { TagProof } from './tag-proof.js';
import { validateRun } from './validate-input.js';

/** What is submitted, the tag it is found again by, and the SOAR that is to take it. */
export interface SubmissionInput {
  readonly request: RunActionRequest;
  /** As the caller gave them. */
  readonly options: unknown;
  readonly tag: string;
  readonly origin: string | null;
}

/** SOAR's answer: it has queued the action. */
export interface SubmissionAnswer {
  readonly actionRunId: number;
  readonly message: string;
  /** Where SOAR shows the run. */
  readonly url: string | null;
  readonly checked: CheckedRun;
}

/**
 * The POST that creates an action_run, sent at most once by one activity: Temporal retries it only after attempts that
 * certainly reached nothing. Whatever leaves a doubt fails as `SubmissionUncertain`, for the workflow to look first.
 *
 * The POST is not aborted by a cancel: its answer is the only sure way to learn the run's id.
 */
export async function submitActionRun(
  soar: SoarClient,
  proof: TagProof,
  { request, options, tag, origin }: SubmissionInput,
): Promise<SubmissionAnswer> {
  // A worker that was stopped in its tracks must not POST after the workflow has given this attempt up.
  const lastMomentMs = Date.now() + ACTIVITY_TIMEOUTS.submitMs - REQUEST_TIMEOUT_MS;
  const checked = { options: validateRun({ request, options }), origin: origin ?? soar.origin };
  if (isDoubtful()) throw uncertain('An earlier attempt ended without a word: it may have reached SOAR.', checked);
  if (Date.now() > lastMomentMs) throw uncertain('The worker was held up until it was too late to POST.', checked);
  try {
    requireSameSoar(soar, origin);
    const { action_run_id, message } = await post(soar, request, tag, lastMomentMs);
    proof.noteSubmitted(action_run_id, tag);
    return {
      actionRunId: action_run_id,
      message: cut(message, MAX_ANSWER_CHARACTERS),
      url: soar.actionRunPage(request.container_id, action_run_id),
      checked,
    };
  } catch (error) {
    throw error instanceof SoarError ? failureOfPost(error, checked) : error;
  }
}

/** The runs to submit. */
export interface GroupSubmission extends Pick<RunActionGroupInput, 'request' | 'runs' | 'origin'> {
  /** Places of these runs in the group, in the order of `runs`. */
  readonly indices: readonly number[];
  /** The group's tag; each run has its own below it. */
  readonly tag: string;
}

/** What became of one POST of the group. */
export type PostedRun =
  | { readonly kind: 'submitted'; readonly index: number; readonly actionRunId: number; readonly atMs: number }
  | { readonly kind: 'refused'; readonly index: number; readonly code: string; readonly message: string }
  /** `passing`: hardly taken, look before it is sent again; `notTaken`: certainly not; `uncertain`: perhaps. */
  | { readonly kind: 'passing' | 'notTaken' | 'uncertain'; readonly index: number };

/** What became of the group's POSTs. */
export interface PostedRuns {
  readonly posted: readonly PostedRun[];
  /** What kept some of them from being sent or taken; `null` if nothing did. */
  readonly problem: { readonly code: string; readonly message: string; readonly retryAfterMs: number } | null;
}

/**
 * The POSTs of a group, each sent at most once. After the first that SOAR does not take none is begun: SOAR is away, or it
 * knows us no more, and that is nothing of a row's. What was not begun in time is left for the next call.
 */
export async function submitActionRuns(soar: SoarClient, proof: TagProof, input: GroupSubmission): Promise<PostedRuns> {
  const lastMomentMs = Date.now() + GROUP_SUBMIT.beginWithinMs;
  if (isDoubtful()) return { posted: input.indices.map((index) => ({ kind: 'uncertain', index })), problem: null };
  const errors: SoarError[] = [];
  const postOne = async ([run, index]: [GroupSubmission['runs'][number], number]): Promise<PostedRun> => {
    if (errors.length > 0 || Date.now() > lastMomentMs) return { kind: 'notTaken', index };
    try {
      requireSameSoar(soar, input.origin);
      const tag = groupedTag(input.tag, index);
      const { action_run_id } = await post(
        soar,
        requestOf(input.request, run.target, run.parameters),
        tag,
        lastMomentMs,
      );
      proof.noteSubmitted(action_run_id, tag);
      return { kind: 'submitted', index, actionRunId: action_run_id, atMs: Date.now() };
    } catch (error) {
      if (!(error instanceof SoarError)) throw error;
      const kind = fateOfPost(error);
      if (kind === 'refused') return { kind, index, code: error.code, message: error.message.slice(0, 300) };
      if (kind !== 'uncertain' || meaningOf(error.code).away) errors.push(error);
      return { kind: kind === 'notTaken' && error.sent ? 'passing' : kind, index };
    }
  };
  const runs = input.runs.map((run, at): [typeof run, number] => [run, input.indices[at] ?? at]);
  const posted = await Readable.from(runs).map(postOne, { concurrency: GROUP_SUBMIT.concurrency }).toArray();
  const [error] = errors;
  if (error && !error.sent && posted.every(({ kind }) => kind === 'notTaken')) throw failureOfPost(error);
  const problem = error ? { code: error.code, message: error.message, retryAfterMs: error.retryAfterMs ?? 0 } : null;
  return { posted, problem };
}

async function post(soar: SoarClient, request: RunActionRequest, tag: string, notAfterMs: number) {
  const body = { ...request, name: taggedName(request.name, tag) };
  return soar.runAction(body, { timeoutMs: REQUEST_TIMEOUT_MS, notAfterMs });
}

/** Heartbeat details that allow the next attempt to POST: the attempt before it certainly sent nothing that was taken. */
interface NothingTaken {
  readonly nothingTakenInAttempt: number;
}

/** True unless the previous attempt's heartbeat says that it sent nothing; a killed worker leaves none. */
function isDoubtful(): boolean {
  const { info } = Context.current();
  const details: unknown = info.heartbeatDetails;
  return info.attempt > 1 && !(isNothingTaken(details) && details.nothingTakenInAttempt === info.attempt - 1);
}

/** Leaves the word that lets Temporal try again, if nothing was taken. */
function failureOfPost(error: SoarError, checked?: CheckedRun): unknown {
  const context = Context.current();
  const failure = toPostFailure(error, checked);
  if (!failure.nonRetryable) context.heartbeat({ nothingTakenInAttempt: context.info.attempt } satisfies NothingTaken);
  return failure;
}

function isNothingTaken(details: unknown): details is NothingTaken {
  return isObject(details) && 'nothingTakenInAttempt' in details;
}
