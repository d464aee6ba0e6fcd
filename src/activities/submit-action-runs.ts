import { Readable } from 'node:stream';
import type { RunActionGroupInput } from '../contracts/run-action-group.js';
import { groupedTag, requestOf } from '../model/grouped-run.js';
import { GROUP_SUBMIT } from '../model/timeouts.js';
import type { SoarClient } from '../soar/client.js';
import type { SoarError } from '../soar/errors.js';
import { isDoubtful, nothingSent } from './doubtful-attempt.js';
import { postActionRun } from './post-action-run.js';
import type { Posted } from './post-action-run.js';

/** The runs to submit. */
export interface GroupSubmission extends Pick<RunActionGroupInput, 'request' | 'runs'> {
  /** Places of these runs in the group, in the order of `runs`. */
  readonly indices: readonly number[];
  /** The group's tag; each run has its own below it. */
  readonly tag: string;
}

/** What became of one POST of the group. */
export type PostedRun =
  | { readonly kind: 'submitted'; readonly index: number; readonly actionRunId: number; readonly atMs: number }
  | { readonly kind: 'refused'; readonly index: number; readonly code: string; readonly message: string }
  | { readonly kind: 'uncertain'; readonly index: number }
  | { readonly kind: 'notSent'; readonly index: number };

/** What became of all of them, and how long to leave SOAR alone before those that were not sent. */
export interface PostedRuns {
  readonly posted: readonly PostedRun[];
  readonly retryAfterMs: number;
}

const PAUSE_MS = 1_000;

/**
 * The POSTs of a group of action_runs, each sent at most once: a killed attempt is not repeated but leaves all of them
 * uncertain. What there was no time for is reported as not sent; an attempt that sent nothing at all is Temporal's to retry.
 */
export function createSubmitActionRuns(soar: SoarClient): (input: GroupSubmission) => Promise<PostedRuns> {
  return async (input) => {
    const lastMomentMs = Date.now() + GROUP_SUBMIT.beginWithinMs;
    if (isDoubtful()) return { posted: input.indices.map((index) => ({ kind: 'uncertain', index })), retryAfterMs: 0 };
    const errors: SoarError[] = [];
    const post = async ([run, index]: [GroupSubmission['runs'][number], number]): Promise<PostedRun> => {
      // A first error of this kind speaks for the rest: SOAR is away or wants a pause.
      if (errors.length > 0 || Date.now() > lastMomentMs) return { kind: 'notSent', index };
      const request = requestOf(input.request, run.target, run.parameters);
      const posted = await postActionRun(soar, request, groupedTag(input.tag, index), lastMomentMs);
      if (posted.kind === 'notSent') errors.push(posted.error);
      return reported(index, posted);
    };
    const runs = input.runs.map((run, at): [typeof run, number] => [run, input.indices[at] ?? at]);
    const posted = await Readable.from(runs).map(post, { concurrency: GROUP_SUBMIT.concurrency }).toArray();
    const [error] = errors;
    if (error && posted.every(({ kind }) => kind === 'notSent')) throw nothingSent(error);
    return { posted, retryAfterMs: error ? (error.retryAfterMs ?? PAUSE_MS) : 0 };
  };
}

function reported(index: number, posted: Posted): PostedRun {
  const { kind } = posted;
  if (kind === 'submitted') return { kind, index, actionRunId: posted.actionRunId, atMs: Date.now() };
  if (kind === 'refused') return { kind, index, code: posted.code, message: posted.message.slice(0, 300) };
  return { kind, index };
}
