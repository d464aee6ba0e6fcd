import type { ApplicationFailure } from '@temporalio/common';
import { isObject } from '../../model/json.js';
import { notYet } from '../failures.js';

/** What keeps SOAR's answer away. `attempts`: in a row. */
export interface SeenProblem {
  readonly code: string;
  readonly message: string;
  readonly attempts: number;
  /** How long SOAR asks to be left alone; 0 if it does not. */
  readonly retryAfterMs: number;
}

/** What the pending activity shows in the Temporal UI, and what the next attempt counts on from. */
export interface PollReport {
  readonly polls: number;
  readonly status: string;
  readonly message: string;
  readonly problem: SeenProblem | null;
}

/** The report of the attempt before this one. */
export function readReport(details: unknown): Pick<PollReport, 'polls' | 'problem'> {
  const polls = isObject(details) && typeof details['polls'] === 'number' ? details['polls'] : 0;
  const problem = isObject(details) && isObject(details['problem']) ? details['problem'] : {};
  const { code, message, attempts } = problem;
  const isProblem = typeof code === 'string' && typeof message === 'string' && typeof attempts === 'number';
  return { polls, problem: isProblem ? { code, message, attempts, retryAfterMs: 0 } : null };
}

/** Not an error: what Temporal's backoff waits by. The next attempt counts on from the report. */
export function pending(waiting: number, report: PollReport): ApplicationFailure {
  const { polls, status, message, problem } = report;
  const said = message === '' ? '' : `: ${message}`;
  const text = problem
    ? `SOAR gives no status (try ${problem.attempts}): ${problem.message}`
    : `${waiting === 1 ? 'the action_run is' : ''} ${status} (poll ${polls})${said}`.trim();
  return notYet(text, {
    details: [report],
    ...(problem && problem.retryAfterMs > 0 ? { nextRetryDelay: problem.retryAfterMs } : {}),
  });
}
