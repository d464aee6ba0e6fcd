import {
  CancelledFailure,
  CancellationScope,
  defineQuery,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { EndedRun, Reusable, Sight } from '../../activities/index.js';
import type {
  GroupedRunSummary,
  HandedBack,
  RunActionGroupInput,
  RunActionGroupResult,
} from '../../contracts/run-action-group.js';
import { QUERIES } from '../../model/names.js';
import { toRanges } from '../../model/batch/ranges.js';
import type { Ranges } from '../../model/batch/ranges.js';
import { summaryOfFailure } from '../../model/batch/pack-outcome.js';
import type { RunSummary } from '../../model/batch/pack-outcome.js';
import type { RunState } from '../../model/run-state.js';
import { groupedTag, mayHaveBeenSubmitted, submissionTag } from '../../model/submission-tag.js';
import { unlessCancelled } from '../calls/failure-of-activity.js';
import { awaitSight, cancelInSoar } from '../calls/named.js';
import { leaveAlone, persist } from '../calls/persist.js';
import { isListOf } from '../shapes.js';
import type { NoteProblem } from '../calls/persist.js';
import { cancelSignal, Stop, stopRequest } from '../cancellation.js';
import { withinDeadline } from '../deadline.js';
import { RunView } from '../run/run-view.js';
import type { ProblemSource } from '../run/run-view.js';
import { answerStopWatching } from '../stop-watching.js';
import { requireGroup } from './group-input.js';
import { remainingRuns, reuseResults } from './reuse-results.js';
import type { RemainingRun } from './reuse-results.js';
import { submitGroup } from './submit-group.js';
import type { GroupedSubmission } from './submit-group.js';
import { WaitingRuns } from './waiting-runs.js';

const statusQuery = defineQuery<RunState>(QUERIES.status);

/**
 * Sees many small action_runs of a batch through in one workflow: submits them, waits for them and takes their summaries
 * together, so that each costs milliseconds. A run that needs more care than its neighbours is handed back to the batch,
 * which gives it a `runAction` of its own; so every run has the guarantees of `runAction`.
 */
export async function runActionGroup(input: RunActionGroupInput): Promise<RunActionGroupResult> {
  const stop = new Stop();
  setHandler(
    cancelSignal,
    (argument) => {
      stop.because(stopRequest('signal', argument));
    },
    { description: 'Stop the group and cancel its runs in SOAR. Optional argument: a reason, or { reason }.' },
  );
  requireGroup(input);
  const group = new ActionRunGroup(input, stop);
  setHandler(statusQuery, () => group.state, { description: 'What the group waits for, and what is wrong.' });
  const untilUnwatched = answerStopWatching(() => (group.isWatching ? undefined : 'Nothing is watched now.'));
  const unwatched = untilUnwatched.then((message) => group.leaveAlone(message));
  const result = await CancellationScope.nonCancellable(() => Promise.race([group.execute(), unwatched]));
  if (stop.byTemporal) throw new CancelledFailure('The group was cancelled.');
  return result;
}

const isSummaries = isListOf<RunSummary>('outcome', 'message', 'account');

/** The last of a group that outlast the burst by themselves must not hold up rows and room of the others. */
const STRAGGLERS = { share: 0.1, ofFew: 0.5, few: 5 } as const;

const NOT_SUBMITTED = 'Cancelled before SOAR had the action.';

/** What waits in SOAR, what is over, and what is handed back. */
class ActionRunGroup {
  readonly #tag = submissionTag(workflowInfo());
  readonly #view: RunView;
  readonly #waiting = new WaitingRuns(this.#tag);
  readonly #runs: GroupedRunSummary[] = [];
  readonly #handedBack: HandedBack[] = [];
  /** What is to be submitted: everything but what an earlier run has results for. */
  #remaining: readonly RemainingRun[];

  constructor(
    readonly input: RunActionGroupInput,
    readonly stop: Stop,
  ) {
    this.#view = new RunView(input.request.action, String(input.request.container_id));
    this.#remaining = remainingRuns(input.runs);
  }

  async execute(): Promise<RunActionGroupResult> {
    await this.#reuse();
    await this.#submit();
    const ended = await this.stop.unlessStopped(() => this.#untilAllEnded());
    if (ended === undefined) await this.#cancelAndFollow();
    return this.#result();
  }

  get state(): RunState {
    return this.#view.state;
  }

  /** True while SOAR has runs of the group that have not ended. */
  get isWatching(): boolean {
    return this.#waiting.size > 0;
  }

  /** Ends the group as it stands: what SOAR has not ended goes on there, and nobody follows it. */
  leaveAlone(message: string): RunActionGroupResult {
    for (const actionRunId of this.#waiting.ids) {
      const { at = 0 } = this.#waiting.take(actionRunId) ?? {};
      this.#take(at, { ...summaryOfFailure(message), outcome: 'unwatched', actionRunId });
    }
    return this.#result();
  }

  #result(): RunActionGroupResult {
    this.#show();
    const runs = this.#runs.sort((a, b) => a.index - b.index);
    return { tag: this.#tag, runs, handedBack: this.#handedBack };
  }

  async #reuse(): Promise<void> {
    const { request, runs, reuseWithinSecs } = this.input;
    if (reuseWithinSecs === null) return;
    const input = { request, runs, withinSecs: reuseWithinSecs };
    const found = await this.stop.unlessStopped(() =>
      persist({
        summary: 'what was run lately?',
        note: this.#noteOf('lookUp'),
        isResult: isListOf<Reusable>('items'),
        call: (soar) => soar.findReusable(input),
      }),
    );
    const { reused, remaining } = reuseResults(this.#remaining, found ?? []);
    this.#runs.push(...reused);
    this.#remaining = remaining;
  }

  async #submit(): Promise<void> {
    const { request, origin } = this.input;
    const runs = this.#remaining;
    const mayExist = mayHaveBeenSubmitted(workflowInfo());
    const note = this.#noteOf('submit');
    const submissions = await submitGroup({ request, runs, origin, tag: this.#tag, mayExist, stop: this.stop, note });
    for (const [at, submitted] of submissions.entries()) this.#note(at, submitted);
    this.#view.update({ phase: 'awaitingActionRun' });
    this.#show();
  }

  #note(at: number, submitted: GroupedSubmission): void {
    const { index } = this.#placeOf(at);
    if (submitted.kind === 'submitted')
      this.#waiting.add(submitted.actionRunId, { at, index, sinceMs: submitted.atMs });
    else if (submitted.kind === 'uncertain') this.#handBack(at, null, submitted.sinceMs);
    else if (submitted.kind === 'refused') this.#take(at, summaryOfFailure(submitted.message, submitted.code));
    else this.#take(at, { ...summaryOfFailure(NOT_SUBMITTED), outcome: 'cancelled' });
  }

  async #untilAllEnded(): Promise<true> {
    const dueAtMs = this.#waiting.firstSinceMs + (this.input.request.exec_delay_secs ?? 0) * 1_000;
    const remainingMs = dueAtMs - Date.now();
    if (this.#waiting.size > 0 && remainingMs > 0) await sleep(remainingMs, { summary: 'exec_delay_secs' });
    const { timeoutSecs } = this.input.options;
    await withinDeadline(this.stop, { dueAtMs, timeoutSecs }, () => this.#follow());
    return true;
  }

  /** Until every run has ended or is handed back: who waits for a person, and the few that outlast the others. */
  async #follow(): Promise<void> {
    const sinceMs = Date.now();
    let problem: Sight['problem'] = null;
    for (let n = 0; this.#waiting.size > 0; n += 1) {
      const note = this.#noteOf('poll');
      const when = { n, sinceMs };
      const sight: Sight = await awaitSight(
        `poll ${this.#waiting.size} action_runs`,
        note,
        when,
        this.#waitFor(problem),
      );
      ({ problem } = sight);
      note(problem);
      for (const moved of sight.moved ?? []) this.#waiting.move(moved);
      await leaveAlone(problem?.retryAfterMs);
      await CancellationScope.nonCancellable(() => this.#summarize(sight.ended));
      const stopped = this.stop.request() !== undefined;
      for (const actionRunId of stopped || problem ? [] : this.#needOwnWorkflow(sight))
        this.#handBackWaiting(actionRunId);
      this.#show();
    }
  }

  #waitFor(told: Sight['problem']) {
    const known = { approvals: [], problemAttempts: told?.attempts ?? 0, problemCode: told?.code ?? null };
    return {
      ...this.#waiting.lookedAt(),
      origin: this.input.origin,
      known,
      as: this.#onlyStragglersLeft() && this.stop.request() === undefined ? 'few' : 'many',
    } as const;
  }

  #needOwnWorkflow({ asked, slow }: Sight): readonly number[] {
    return slow && this.#onlyStragglersLeft() ? this.#waiting.ids : asked;
  }

  #onlyStragglersLeft(): boolean {
    const { share, ofFew, few } = STRAGGLERS;
    const runs = this.#remaining.length;
    return this.#waiting.size <= Math.max(Math.ceil(runs * share), Math.min(Math.floor(runs * ofFew), few));
  }

  async #summarize(ended: readonly EndedRun[]): Promise<void> {
    const known = ended.flatMap(({ actionRun: _actionRun, ...run }) => {
      const at = this.#waiting.get(run.actionRunId)?.at;
      const mark = this.#waiting.markOf(run.actionRunId);
      return at === undefined ? [] : [{ ...run, at, mark, parameters: this.#remaining[at]?.parameters ?? [] }];
    });
    if (known.length === 0) return;
    const runs = known.map(({ at: _at, ...run }) => run);
    const input = { runs, stopped: this.stop.why() ?? null, origin: this.input.origin };
    const summaries = await persist({
      summary: `results of ${known.length} action_runs`,
      note: this.#noteOf('results'),
      isResult: isSummaries,
      call: (soar) => soar.fetchRunSummaries(input),
    });
    for (const [nth, { at, actionRunId, message }] of known.entries()) {
      this.#take(at, summaries[nth] ?? { ...summaryOfFailure(message), actionRunId });
      this.#waiting.take(actionRunId);
    }
  }

  /** Each run is asked to end, again and again until SOAR has answered or the run lives no more; all are followed to their end. */
  async #cancelAndFollow(): Promise<void> {
    const { origin } = this.input;
    const note = this.#noteOf('cancel');
    const asking = new CancellationScope();
    const cancelled = asking
      .run(() =>
        Promise.all(
          this.#waiting.ids.map((actionRunId) => {
            const run = { actionRunId, mark: this.#waiting.markOf(actionRunId), origin };
            return cancelInSoar(run, `cancel action_run ${actionRunId}`, note);
          }),
        ),
      )
      .catch(unlessCancelled);
    await this.#follow();
    asking.cancel();
    await cancelled;
  }

  #noteOf(source: ProblemSource): NoteProblem {
    return (problem) => {
      this.#view.noteProblem(source, problem);
      this.#show();
    };
  }

  #handBackWaiting(actionRunId: number): void {
    const run = this.#waiting.take(actionRunId);
    if (run) this.#handBack(run.at, actionRunId, run.sinceMs);
  }

  #handBack(at: number, actionRunId: number | null, sinceMs: number): void {
    const place = this.#placeOf(at);
    this.#handedBack.push({ ...place, begun: { tag: groupedTag(this.#tag, place.index), actionRunId, sinceMs } });
  }

  #take(at: number, summary: RunSummary): void {
    this.#runs.push({ ...this.#placeOf(at), ...summary });
  }

  /** Of a submitted run: its place in the group and its items as the batch counts them. */
  #placeOf(at: number): { readonly index: number; readonly items: Ranges } {
    const run = this.#remaining[at];
    return { index: run?.index ?? at, items: toRanges(run?.places ?? []) };
  }

  #show(): void {
    const [inFlight, own] = [this.#waiting.size, this.#handedBack.length];
    const counts = [`${inFlight} in flight`, `${this.#runs.length} done`, `${own} with a workflow of their own`];
    const { problem } = this.#view.state;
    const wrong = problem ? `\n\nProblem since ${problem.sinceTime}: ${problem.code}` : '';
    setCurrentDetails(`${this.input.runs.length} action_runs: ${counts.join(', ')}${wrong}`);
  }
}
