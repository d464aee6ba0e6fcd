import { CancellationScope, setCurrentDetails, sleep, workflowInfo } from '@temporalio/workflow';
import type { EndedRun, GroupSight } from '../activities/index.js';
import type {
  GroupedRun,
  GroupRunAccount,
  HandedBack,
  RunActionGroupInput,
  RunActionGroupResult,
} from '../contracts/run-action-group.js';
import { groupedTag } from '../model/grouped-run.js';
import { fromRanges, toRanges } from '../model/ranges.js';
import type { Ranges } from '../model/ranges.js';
import { readRunOptions } from '../model/run-options.js';
import { accountOfFailure, accountOfReused } from '../model/run-account.js';
import type { RunAccount } from '../model/run-account.js';
import { mayHaveBeenSubmitted, submissionTag } from '../model/submission-tag.js';
import { soar } from './activity-proxies.js';
import { followCancelled, withinDeadline } from './deadline.js';
import { GroupSubmission } from './group-submission.js';
import type { GroupedSubmission } from './group-submission.js';
import { listenForCancel } from './listen-for-cancel.js';
import { Stop } from './stop.js';

/** A run that SOAR has. */
interface SubmittedRun {
  readonly index: number;
  readonly atMs: number;
}

/** A run, or the part of it that is not reused. */
interface RemainingRun extends GroupedRun {
  /** The run's place in the group. */
  readonly index: number;
  /** Its parameter sets, by their places in the run. */
  readonly places: readonly number[];
}

/** One group's story: what waits in SOAR, what is over, and what is handed back. */
export class ActionRunGroup {
  readonly stop = new Stop();
  readonly #tag = submissionTag(workflowInfo());
  /** By the id of the action_run. */
  readonly #waiting = new Map<number, SubmittedRun>();
  readonly #runs: GroupRunAccount[] = [];
  readonly #handedBack: HandedBack[] = [];

  /** What is to be submitted: everything but what an earlier run has results for. */
  #remaining: readonly RemainingRun[];

  constructor(readonly input: RunActionGroupInput) {
    this.#remaining = input.runs.map((run, index) => ({ ...run, index, places: [...run.parameters.keys()] }));
    listenForCancel(this.stop, 'Stop the group and cancel its runs in SOAR.');
  }

  async story(): Promise<RunActionGroupResult> {
    await this.#reuse();
    await this.#submit();
    const ended = await this.stop.unlessStopped(() => this.#untilAllEnded());
    if (ended === undefined) await this.#cancelAndSeeThrough();
    this.#show();
    const runs = this.#runs.sort((a, b) => a.index - b.index);
    return { runs, handedBack: this.#handedBack };
  }

  async #reuse(): Promise<void> {
    const { request, runs, reuseWithinSecs } = this.input;
    if (reuseWithinSecs === null) return;
    const input = { request, runs, withinSecs: reuseWithinSecs };
    const found = await this.stop.unlessStopped(() => soar('read', 'what was run lately?').findReusable(input));
    for (const { index, items, ...where } of found ?? []) {
      this.#runs.push({ index, items, ...accountOfReused(where), reused: true });
      const reused = new Set(fromRanges(items));
      this.#remaining = this.#remaining.map((run) => (run.index === index ? without(run, reused) : run));
    }
    this.#remaining = this.#remaining.filter(({ places }) => places.length > 0);
  }

  async #submit(): Promise<void> {
    const { request } = this.input;
    const runs = this.#remaining.map(({ target, parameters }) => ({ target, parameters }));
    const mayExist = mayHaveBeenSubmitted(workflowInfo());
    const submission = new GroupSubmission({ request, runs, tag: this.#tag, mayExist, stop: this.stop });
    for (const [index, submitted] of (await submission.story()).entries()) this.#note(index, submitted);
    this.#show();
  }

  #note(index: number, submitted: GroupedSubmission): void {
    if (submitted.kind === 'submitted') this.#waiting.set(submitted.actionRunId, { index, atMs: submitted.atMs });
    else if (submitted.kind === 'uncertain') this.#handBack(index, null, submitted.sinceMs);
    else if (submitted.kind === 'refused') this.#take(index, accountOfFailure(submitted.message, submitted.code));
    else this.#take(index, { ...accountOfFailure(NOT_SUBMITTED), outcome: 'cancelled' });
  }

  async #untilAllEnded(): Promise<true> {
    const firstAtMs = Math.min(...[...this.#waiting.values()].map(({ atMs }) => atMs));
    const dueAtMs = firstAtMs + (this.input.request.exec_delay_secs ?? 0) * 1_000;
    const remainingMs = dueAtMs - Date.now();
    if (this.#waiting.size > 0 && remainingMs > 0) await sleep(remainingMs, { summary: 'exec_delay_secs' });
    const { timeoutSecs } = readRunOptions(this.input.options);
    await withinDeadline(this.stop, { dueAtMs, timeoutSecs }, () => this.#follow());
    return true;
  }

  /** Until every run has ended or is handed back: who waits for a person, and the few that outlast the others. */
  async #follow(): Promise<void> {
    while (this.#waiting.size > 0) {
      const sight = await soar('poll', `poll ${this.#waiting.size} action_runs`).awaitActionRuns({
        actionRunIds: [...this.#waiting.keys()],
        areFew: this.#areFew() && this.stop.request() === undefined,
      });
      await CancellationScope.nonCancellable(() => this.#account(sight.ended));
      const stopped = this.stop.request() !== undefined;
      for (const actionRunId of stopped ? [] : this.#needOwnWorkflow(sight)) this.#handBackWaiting(actionRunId);
      this.#show();
    }
  }

  #needOwnWorkflow({ asked, slow }: GroupSight): readonly number[] {
    return slow && this.#areFew() ? [...this.#waiting.keys()] : asked;
  }

  #areFew(): boolean {
    return this.#waiting.size <= Math.ceil(this.#remaining.length * STRAGGLERS_SHARE);
  }

  async #account(ended: readonly EndedRun[]): Promise<void> {
    if (ended.length === 0) return;
    const known = ended.flatMap((run) => {
      const index = this.#waiting.get(run.actionRunId)?.index;
      return index === undefined ? [] : [{ ...run, index, parameters: this.#parametersOf(index) }];
    });
    const runs = known.map(({ index, ...run }) => run);
    const accounts = await soar('read', `results of ${known.length} action_runs`).fetchRunAccounts({
      runs,
      stopped: this.#stopped(),
    });
    for (const [at, { index, actionRunId }] of known.entries()) {
      const account = accounts[at];
      if (account) this.#take(index, account);
      this.#waiting.delete(actionRunId);
    }
  }

  async #cancelAndSeeThrough(): Promise<void> {
    const ids = [...this.#waiting.keys()];
    await Promise.all(ids.map((id) => soar('cancel', `cancel action_run ${id}`).cancelActionRun({ actionRunId: id })));
    const leave = (): Promise<void> => this.#account(ids.filter((id) => this.#waiting.has(id)).map(stillRunning));
    await followCancelled(() => this.#follow(), leave);
  }

  #stopped(): 'cancel' | 'timeout' | null {
    const request = this.stop.request();
    return request ? (request.by === 'deadline' ? 'timeout' : 'cancel') : null;
  }

  #handBackWaiting(actionRunId: number): void {
    const run = this.#waiting.get(actionRunId);
    if (!run) return;
    this.#waiting.delete(actionRunId);
    this.#handBack(run.index, actionRunId, run.atMs);
  }

  #handBack(index: number, actionRunId: number | null, sinceMs: number): void {
    const begun = { tag: groupedTag(this.#tag, index), actionRunId, sinceMs };
    this.#handedBack.push({ ...this.#placeOf(index), begun });
  }

  #take(index: number, account: RunAccount): void {
    this.#runs.push({ ...this.#placeOf(index), ...account });
  }

  /** Of a submitted run: its place in the group and its items as the batch counts them. */
  #placeOf(index: number): { readonly index: number; readonly items: Ranges } {
    const run = this.#remaining[index];
    return { index: run?.index ?? index, items: toRanges(run?.places ?? []) };
  }

  #parametersOf(index: number): number {
    return this.#remaining[index]?.parameters.length ?? 0;
  }

  #show(): void {
    const { runs } = this.input;
    const counts = [
      `${this.#waiting.size} in flight`,
      `${this.#runs.length} done`,
      `${this.#handedBack.length} with a workflow of their own`,
    ];
    setCurrentDetails(`${runs.length} action_runs: ${counts.join(', ')}`);
  }
}

/** The last of a group that outlast the burst by themselves must not hold up the room of all the others. */
const STRAGGLERS_SHARE = 0.1;

const NOT_SUBMITTED = 'Cancelled before SOAR had the action.';

function without(run: RemainingRun, reused: ReadonlySet<number>): RemainingRun {
  const isLeft = (_: unknown, at: number): boolean => !reused.has(run.places[at] ?? -1);
  return { ...run, places: run.places.filter(isLeft), parameters: run.parameters.filter(isLeft) };
}

function stillRunning(actionRunId: number): EndedRun {
  return { actionRunId, statusClass: 'running', message: 'SOAR had not ended the run when it was followed no longer.' };
}
