import { Context, sleep } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ActionRun } from '../contracts/soar/action-run.js';
import { FAILURE_TYPES } from '../model/names.js';
import { burstIntervalMs, GROUP_BURST, GROUP_COHORT, MISSING_RUN_GRACE_MS } from '../model/poll-policy.js';
import { classifyActionRun, isTerminal } from '../model/statuses.js';
import type { StatusClass } from '../model/statuses.js';
import type { SoarClient } from '../soar/client.js';
import { isNotFound } from '../soar/errors.js';
import type { StatusBoard } from '../soar/status-board.js';
import { withPulse } from './pulse.js';
import type { Pulse } from './pulse.js';

/** A run that needs no more waiting. */
export interface EndedRun {
  readonly actionRunId: number;
  /** `missing`: SOAR has answered 404 for longer than the grace time. */
  readonly statusClass: StatusClass | 'missing';
  readonly message: string;
}

/** Which runs to follow. */
export interface AwaitRunsInput {
  readonly actionRunIds: readonly number[];
  /** True where they are too few to hold up their group: after the burst they are not waited for here. */
  readonly areFew: boolean;
}

/** What a look at a group's runs brought. */
export interface GroupSight {
  readonly ended: readonly EndedRun[];
  /** Runs that wait for a person. */
  readonly asked: readonly number[];
  /** True where the runs that are left have outlived the burst at the start. */
  readonly slow: boolean;
}

const MAX_MESSAGE_CHARACTERS = 300;
const APPROVALS_PAGE = 200;

/**
 * Waits for runs of a group, in two phases as `awaitActionRun` does, and returns with those that have ended at about the
 * same time; the workflow asks again for the rest.
 */
export function createAwaitActionRuns(
  soar: SoarClient,
  board: StatusBoard,
): (input: AwaitRunsInput) => Promise<GroupSight> {
  return (input) => withPulse((pulse) => new GroupWait(soar, board, input, pulse).untilSight());
}

class GroupWait {
  readonly #startedAtMs = Date.now();
  readonly #isFirstAttempt = Context.current().info.attempt === 1;
  readonly #waiting: Set<number>;
  readonly #missingSinceMs = new Map<number, number>();
  readonly #ended: EndedRun[] = [];
  #firstEndedAtMs: number | undefined;

  constructor(
    readonly soar: SoarClient,
    readonly board: StatusBoard,
    readonly input: AwaitRunsInput,
    readonly pulse: Pulse,
  ) {
    this.#waiting = new Set(input.actionRunIds);
  }

  async untilSight(): Promise<GroupSight> {
    for (let n = 0; ; n++) {
      await this.#lookAtAll();
      if (this.#waiting.size === 0 || this.#isCohortComplete()) return this.#sight([]);
      if (this.#isBurstOver() && this.#missingSinceMs.size === 0) return this.#giveBack();
      this.pulse.report({ waiting: this.#waiting.size, ended: this.#ended.length });
      await sleep(this.#firstEndedAtMs === undefined ? burstIntervalMs(n, GROUP_BURST) : GROUP_COHORT.intervalMs);
    }
  }

  async #lookAtAll(): Promise<void> {
    await Promise.all([...this.#waiting].map((id) => this.#look(id)));
    if (this.#ended.length > 0) this.#firstEndedAtMs ??= Date.now();
  }

  async #look(id: number): Promise<void> {
    try {
      const run = await this.board.getActionRun(id, { signal: this.pulse.signal });
      this.#missingSinceMs.delete(id);
      if (isTerminal(classifyActionRun(run))) this.#end(id, classifyActionRun(run), messageOf(run));
    } catch (error) {
      if (!isNotFound(error)) throw error;
      const sinceMs = this.#missingSinceMs.get(id) ?? Date.now();
      this.#missingSinceMs.set(id, sinceMs);
      if (Date.now() - sinceMs < MISSING_RUN_GRACE_MS) return;
      this.#missingSinceMs.delete(id);
      this.#end(id, 'missing', `SOAR does not know action_run ${id}, although it had queued it.`);
    }
  }

  #end(actionRunId: number, statusClass: EndedRun['statusClass'], message: string): void {
    this.#waiting.delete(actionRunId);
    this.#ended.push({ actionRunId, statusClass, message });
  }

  #isCohortComplete(): boolean {
    return this.#firstEndedAtMs !== undefined && Date.now() - this.#firstEndedAtMs >= GROUP_COHORT.totalMs;
  }

  #isBurstOver(): boolean {
    return !this.#isFirstAttempt || Date.now() - this.#startedAtMs >= GROUP_BURST.totalMs;
  }

  /** Returns what has ended, who is asked and who is slow; where there is nothing to tell, Temporal's backoff brings the next look. */
  async #giveBack(): Promise<GroupSight> {
    const asked = await this.#asked();
    if (this.#ended.length > 0 || asked.length > 0 || this.input.areFew) return this.#sight(asked);
    const message = `${this.#waiting.size} action_runs of the group have not ended`;
    throw ApplicationFailure.create({ message, type: FAILURE_TYPES.actionRunPending, category: 'BENIGN' });
  }

  /** Runs with an open approval. Nice to know at once, so a SOAR that cannot filter like this is not asked one by one. */
  async #asked(): Promise<number[]> {
    const filters = { action_run__in: [...this.#waiting], status: 'pending' };
    const call = { signal: this.pulse.signal };
    const page = await this.soar.listApprovals({ filters, pageSize: APPROVALS_PAGE }, call).catch(() => undefined);
    const open = (page?.data ?? []).filter(({ status }) => status === 'pending');
    return [...new Set(open.flatMap(({ action_run }) => action_run ?? []))].filter((id) => this.#waiting.has(id));
  }

  #sight(asked: readonly number[]): GroupSight {
    return { ended: this.#ended, asked, slow: this.#isBurstOver() };
  }
}

function messageOf({ message }: ActionRun): string {
  return message.slice(0, MAX_MESSAGE_CHARACTERS);
}
