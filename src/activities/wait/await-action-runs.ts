import { setTimeout as delay } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import type { ActionRunSummary } from '../../contracts/run-action.js';
import { classifyActionRun } from '../../model/run-state.js';
import type { ApprovalNotice } from '../../model/run-state.js';
import { cut } from '../../model/text.js';
import * as timing from '../../model/timeouts-and-intervals.js';
import type { SoarClient } from '../../soar/client.js';
import { SoarError } from '../../soar/soar-error.js';
import type { RunStatusLoader } from '../../soar/run-status-loader.js';
import { listApprovals, summarizeActionRun } from '../find.js';
import { withHeartbeat } from '../heartbeat.js';
import type { Heartbeat } from '../heartbeat.js';
import { Looks } from './look.js';
import type { EndedRun, LookedAt, MovedRun } from './look.js';
import { pending, readReport } from './poll-report.js';
import type { PollReport, SeenProblem } from './poll-report.js';
import type { Watch } from './watch.js';

/** Which runs to follow. */
export interface WaitInput extends LookedAt {
  /** What the workflow has been told: only a change is worth a return. */
  readonly known: {
    readonly approvals: readonly number[];
    readonly problemAttempts: number;
    readonly problemCode?: string | null;
  };
  /** `alone`: with everything the workflow shows of it; `few`, `many`: of a group, and whether they hold up its others. */
  readonly as: 'alone' | 'few' | 'many';
  /** `null`: the burst of polls at the start. Else how old the wait is, which decides how often Temporal hears of it. */
  readonly watch: keyof typeof timing.WATCHES | null;
}

/** Why the wait returned: what has ended, who is asked, what is wrong. */
export interface Sight {
  readonly ended: readonly EndedRun[];
  /** Runs that SOAR has under another number now; absent if there is none. */
  readonly moved?: readonly MovedRun[];
  /** Open approvals of a run that is followed alone; `null` if they are as known. */
  readonly approvals: readonly ApprovalNotice[] | null;
  /** Runs of a group that wait for a person. */
  readonly asked: readonly number[];
  /** True if the runs that are left have outlived the burst at the start. */
  readonly slow: boolean;
  /** The run as seen last, if it is followed alone and has not ended. */
  readonly latest: ActionRunSummary | null;
  readonly polls: number;
  readonly problem: SeenProblem | null;
}

/**
 * Waits for runs in two phases: a short burst of polls, then a watch, which stays in this worker without a slot of it. Where there is
 * no room for that, each attempt is one poll and fails benignly, and Temporal's backoff brings the next. No answer ends the wait
 * but the runs' own end, and SOAR's lasting word that it does not know a run. However long it takes, the history hardly grows.
 */
export function awaitActionRuns(
  soar: SoarClient,
  loader: RunStatusLoader,
  watch: Watch | undefined,
  input: WaitInput,
): Promise<Sight> {
  if (input.watch !== null && watch?.hasRoom) {
    const age = timing.WATCHES[input.watch];
    watch.continueWithoutSlot(age.reportMs, (heartbeat) => new Wait(soar, loader, input, heartbeat, age).untilSight());
  }
  return withHeartbeat((heartbeat) => new Wait(soar, loader, input, heartbeat).untilSight());
}

class Wait {
  readonly #startedAtMs = performance.now();
  readonly #isFirstAttempt = Context.current().info.attempt === 1;
  /** Inside a workflow task, where there is no time for more than the run that ends at once. */
  readonly #isLocal = Context.current().info.isLocal;
  readonly #isAlone: boolean;
  readonly #burst: typeof timing.BURST | typeof timing.GROUP_BURST;
  readonly #looks: Looks;
  #firstEndedAtMs: number | undefined;
  #problem: SeenProblem | null;
  #polls: number;
  /** When who is asked is to be looked up, since the start. */
  #approvalsDueMs: number;

  constructor(
    readonly soar: SoarClient,
    readonly loader: RunStatusLoader,
    readonly input: WaitInput,
    readonly heartbeat: Heartbeat,
    /** Of a wait that stays in this worker. */
    readonly watched?: (typeof timing.WATCHES)[keyof typeof timing.WATCHES],
  ) {
    const { polls, problem } = readReport(Context.current().info.heartbeatDetails);
    this.#polls = polls;
    this.#problem = problem;
    this.#looks = new Looks(soar, loader, input, heartbeat.signal, input.known.problemCode);
    this.#isAlone = input.as === 'alone';
    this.#burst = this.#isAlone ? timing.BURST : timing.GROUP_BURST;
    this.#approvalsDueMs = this.#firstApprovalsDueMs();
  }

  #firstApprovalsDueMs(): number {
    if (this.watched && this.input.known.approvals.length > 0) return timing.APPROVAL_LOOKUPS.knownMs;
    return this.input.watch === null && this.#isFirstAttempt ? timing.APPROVAL_LOOKUP_AFTER_MS : 0;
  }

  async untilSight(): Promise<Sight> {
    for (let n = 0; ; n++) {
      await this.#lookAtAll();
      if (this.#looks.waiting.size === 0 || this.#isCohortComplete() || this.#hasNews()) return this.#sight(null, []);
      // Not of a run that has ended: Temporal would have to take in the report before the result.
      this.heartbeat.report(this.#report());
      const approvals = await this.#changedApprovals();
      if (approvals) return this.#sight(approvals, []);
      const sight = this.watched ? await this.#newsOfWatch(this.watched) : await this.#endOfBurst();
      if (sight) return sight;
      await this.#pause(this.#intervalMs(n));
    }
  }

  #intervalMs(n: number): number {
    if (this.#firstEndedAtMs !== undefined) return timing.GROUP_COHORT.intervalMs;
    if (!this.watched) return timing.burstIntervalMs(n, this.#burst);
    return Math.max(timing.watchIntervalMs(n), this.#problem?.retryAfterMs ?? 0);
  }

  async #pause(ms: number): Promise<void> {
    const { signal } = this.heartbeat;
    await delay(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
  }

  /** What of a group needs more than a watch; and the end of a watch that is old enough to report more seldom. */
  async #newsOfWatch({ totalMs }: { readonly totalMs: number }): Promise<Sight | undefined> {
    if (!this.#isAlone && !this.#problem) {
      const asked = this.#isApprovalLookUpDue() ? await this.#askedRuns() : [];
      if (asked.length > 0 || this.input.as === 'few') return this.#sight(null, asked);
    }
    return this.#elapsedMs() >= totalMs ? this.#sight(null, []) : undefined;
  }

  /** Undefined until the burst is over, or SOAR asks to be left alone. A run that may be missing is looked at for the whole grace time. */
  async #endOfBurst(): Promise<Sight | undefined> {
    const isLeftAlone = this.#problem !== null && this.#problem.retryAfterMs > 0;
    const isOver = this.#isBurstOver() && (this.#isLocal || !this.#looks.isUndecided);
    if (!isLeftAlone && !isOver) return undefined;
    if (this.#isLocal) return this.#sight(null, []);
    return this.#giveBack(isLeftAlone);
  }

  /** Where there is nothing to tell, Temporal's backoff brings the next look, no sooner than SOAR asks. */
  async #giveBack(isLeftAlone: boolean): Promise<Sight> {
    const asked = this.#isAlone || this.#problem ? [] : await this.#askedRuns();
    const isNews = this.#looks.ended.length > 0 || asked.length > 0 || (this.input.as === 'few' && !this.#problem);
    if (isNews || (this.input.watch === null && !isLeftAlone)) return this.#sight(null, asked);
    throw pending(this.#looks.waiting.size, this.#report());
  }

  async #lookAtAll(): Promise<void> {
    if (this.#isAlone) this.#polls += 1;
    this.#problem = await this.#looks.lookAtAll(this.#problem?.attempts ?? 0);
    if (this.#looks.ended.length > 0) this.#firstEndedAtMs ??= performance.now();
  }

  #isCohortComplete(): boolean {
    return (
      this.#firstEndedAtMs !== undefined && performance.now() - this.#firstEndedAtMs >= timing.GROUP_COHORT.totalMs
    );
  }

  /** What is wrong is told at its second try, and again when the tries have doubled; and that it is over. */
  #hasNews(): boolean {
    if (this.#looks.moved.length > 0) return true;
    const told = this.input.known.problemAttempts;
    const attempts = this.#problem?.attempts ?? 0;
    return told === 0 ? attempts >= 2 : attempts === 0 || attempts >= 2 * told;
  }

  #isBurstOver(): boolean {
    const totalMs = this.#isLocal ? timing.QUICK_LOOK_MS : this.#burst.totalMs;
    return this.input.watch !== null || !this.#isFirstAttempt || this.#elapsedMs() >= totalMs;
  }

  #elapsedMs(): number {
    return performance.now() - this.#startedAtMs;
  }

  /** Who is asked now, if that differs from what the workflow knows. Not asked of quick runs, nor of those of a group. */
  async #changedApprovals(): Promise<ApprovalNotice[] | undefined> {
    const run = this.#looks.latest;
    if (!this.#isAlone || run === undefined || this.#problem) return undefined;
    const known = this.input.known.approvals;
    if (classifyActionRun(run) !== 'waiting') return known.length > 0 ? [] : undefined;
    const open = this.#isApprovalLookUpDue() ? await this.#openApprovals(run.id) : undefined;
    const isKnown = open?.length === known.length && open.every(({ id }) => known.includes(id));
    return isKnown ? undefined : open;
  }

  /** Whenever the attempt has doubled its age: who is asked changes seldom, and each look-up is a call of its own. */
  #isApprovalLookUpDue(): boolean {
    const elapsedMs = this.#elapsedMs();
    if (elapsedMs < this.#approvalsDueMs) return false;
    const { minMs, maxMs } = timing.APPROVAL_LOOKUPS;
    this.#approvalsDueMs = elapsedMs + Math.min(Math.max(elapsedMs, minMs), maxMs);
    return true;
  }

  /** Nice to know at once, but no reason to stop the wait. */
  async #openApprovals(actionRunId: number): Promise<ApprovalNotice[] | undefined> {
    try {
      const approvals = await listApprovals(this.soar, actionRunId, { signal: this.heartbeat.signal });
      return approvals.filter(({ status }) => status === 'pending');
    } catch (error) {
      if (!(error instanceof SoarError)) throw error;
      return undefined;
    }
  }

  /** Runs of the group with an open approval. A SOAR that cannot filter like this is not asked one by one. */
  async #askedRuns(): Promise<number[]> {
    const { waiting } = this.#looks;
    const filters = { action_run__in: [...waiting], status: 'pending' };
    const call = { signal: this.heartbeat.signal };
    const page = await this.soar.listApprovals({ filters, pageSize: APPROVALS_PAGE }, call).catch(() => undefined);
    const open = (page?.data ?? []).filter(({ status }) => status === 'pending');
    return [...new Set(open.flatMap(({ action_run }) => action_run ?? []))].filter((id) => waiting.has(id));
  }

  #report(): PollReport {
    const { latest, waiting } = this.#looks;
    const status = this.#isAlone ? (latest?.status ?? 'unknown') : `${waiting.size} not ended`;
    const message = this.#isAlone ? cut(latest?.message ?? '', 200) : '';
    return { polls: this.#polls, status, message, problem: this.#problem };
  }

  #sight(approvals: readonly ApprovalNotice[] | null, asked: readonly number[]): Sight {
    const { ended, moved, latest: seen } = this.#looks;
    const latest = this.#isAlone && ended.length === 0 && seen ? summarizeActionRun(seen) : null;
    const slow = this.#isBurstOver();
    const rest = { approvals, asked, slow, latest, polls: this.#polls, problem: this.#problem };
    return { ended, ...(moved.length > 0 ? { moved } : {}), ...rest };
  }
}

const APPROVALS_PAGE = 200;
