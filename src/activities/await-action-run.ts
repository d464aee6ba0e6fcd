import { Context, sleep } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ActionRunSummary } from '../contracts/run-action.js';
import type { ActionRun } from '../contracts/soar/action-run.js';
import { FAILURE_TYPES } from '../model/names.js';
import { APPROVAL_LOOKUP_AFTER_MS, BURST, burstIntervalMs, MISSING_RUN_GRACE_MS } from '../model/poll-policy.js';
import type { ApprovalNotice } from '../model/run-state.js';
import { classifyActionRun, isTerminal } from '../model/statuses.js';
import { cut } from '../model/text.js';
import type { SoarClient } from '../soar/client.js';
import { isNotFound } from '../soar/errors.js';
import type { StatusBoard } from '../soar/status-board.js';
import { summarizeActionRun } from './action-run-summary.js';
import { listApprovals } from './approvals.js';
import { withPulse } from './pulse.js';
import type { Pulse } from './pulse.js';

/** Which run to follow. */
export interface AwaitInput {
  readonly actionRunId: number;
  /** Pending approvals the workflow knows of: only a change is worth a return. */
  readonly knownApprovals: readonly number[];
}

/** Why a run needs no more waiting, or who is asked now. */
export interface ActionRunSight {
  /** `missing`: SOAR has answered 404 for longer than the grace time. */
  readonly kind: 'ended' | 'missing' | 'approvals';
  readonly actionRunId: number;
  readonly actionRun: ActionRunSummary | null;
  readonly approvals: readonly ApprovalNotice[];
  readonly polls: number;
}

/** What the pending activity shows in the Temporal UI, and what the next attempt counts on from. */
interface PollReport {
  readonly polls: number;
  readonly status: string;
  readonly message: string;
}

/**
 * Waits for a run in two phases: the first attempt is a short burst of polls, then every attempt is one poll that gives
 * its slot back with a benign failure, and Temporal's backoff brings the next. However long it takes, the history keeps three events.
 */
export function createAwaitActionRun(
  soar: SoarClient,
  board: StatusBoard,
): (input: AwaitInput) => Promise<ActionRunSight> {
  return (input) => withPulse((pulse) => new Wait(soar, board, input, pulse).untilSight());
}

class Wait {
  readonly #startedAtMs = Date.now();
  readonly #attempt = Context.current().info.attempt;
  #polls = readPolls(Context.current().info.heartbeatDetails);
  #approvalsLookedUp = false;

  constructor(
    readonly soar: SoarClient,
    readonly board: StatusBoard,
    readonly input: AwaitInput,
    readonly pulse: Pulse,
  ) {}

  async untilSight(): Promise<ActionRunSight> {
    for (let n = 0; ; n++) {
      const run = await this.#look();
      if (!run) return this.#sight('missing', null);
      if (isTerminal(classifyActionRun(run))) return this.#sight('ended', run);
      // Not of a run that has ended: Temporal would have to take in the report before the result.
      this.pulse.report(reportOf(run, this.#polls));
      const approvals = await this.#changedApprovals(run);
      if (approvals) return this.#sight('approvals', run, approvals);
      if (this.#elapsedMs() >= this.#burstMs) throw pending(run, this.#polls);
      await sleep(burstIntervalMs(n));
    }
  }

  get #burstMs(): number {
    return this.#attempt === 1 ? BURST.totalMs : 0;
  }

  #elapsedMs(): number {
    return Date.now() - this.#startedAtMs;
  }

  /** `undefined`: SOAR kept answering 404 for the grace time. */
  async #look(): Promise<ActionRun | undefined> {
    const missingSinceMs = Date.now();
    while (Date.now() - missingSinceMs < MISSING_RUN_GRACE_MS) {
      try {
        this.#polls += 1;
        return await this.board.getActionRun(this.input.actionRunId, { signal: this.pulse.signal });
      } catch (error) {
        if (!isNotFound(error)) throw error;
        await sleep(BURST.maxIntervalMs);
      }
    }
    return undefined;
  }

  /** Who is asked now, where that differs from what the workflow knows. Not asked of quick runs. */
  async #changedApprovals(run: ActionRun): Promise<ApprovalNotice[] | undefined> {
    const known = this.input.knownApprovals;
    const isWaiting = classifyActionRun(run) === 'waiting';
    if (!isWaiting) return known.length > 0 ? [] : undefined;
    const isDue = this.#attempt > 1 || this.#elapsedMs() >= APPROVAL_LOOKUP_AFTER_MS;
    if (!isDue || this.#approvalsLookedUp) return undefined;
    this.#approvalsLookedUp = true;
    const approvals = await listApprovals(this.soar, run.id, { signal: this.pulse.signal });
    const open = approvals.filter(({ status }) => status === 'pending');
    const isKnown = open.length === known.length && open.every(({ id }) => known.includes(id));
    return isKnown ? undefined : open;
  }

  #sight(
    kind: ActionRunSight['kind'],
    run: ActionRun | null,
    approvals: readonly ApprovalNotice[] = [],
  ): ActionRunSight {
    const actionRun = run && summarizeActionRun(run);
    return { kind, actionRunId: this.input.actionRunId, actionRun, approvals, polls: this.#polls };
  }
}

function readPolls(details: unknown): number {
  const polls = typeof details === 'object' && details !== null && 'polls' in details ? details.polls : 0;
  return typeof polls === 'number' ? polls : 0;
}

function reportOf({ status, message }: ActionRun, polls: number): PollReport {
  return { polls, status, message: cut(message, 200) };
}

function pending(run: ActionRun, polls: number): ApplicationFailure {
  const report = reportOf(run, polls);
  const said = report.message === '' ? '' : `: ${report.message}`;
  const message = `action_run ${run.id} is ${report.status} (poll ${polls})${said}`;
  return ApplicationFailure.create({
    message,
    type: FAILURE_TYPES.actionRunPending,
    category: 'BENIGN',
    details: [report],
  });
}
