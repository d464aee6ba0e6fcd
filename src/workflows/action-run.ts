import { defineQuery, setHandler, workflowInfo } from '@temporalio/workflow';
import type { ActionRunSight } from '../activities/index.js';
import type { RunActionOptions, RunActionRequest, RunActionResult } from '../contracts/run-action.js';
import { QUERIES } from '../model/names.js';
import { decideOutcome } from '../model/outcome.js';
import type { Begun } from '../model/batch-pack.js';
import type { RunOptions } from '../model/run-options.js';
import type { RunState } from '../model/run-state.js';
import { classifyActionRun } from '../model/statuses.js';
import { mayHaveBeenSubmitted, submissionTag, taggedName } from '../model/submission-tag.js';
import { textOr } from '../model/text.js';
import { soar } from './activity-proxies.js';
import { CancelDesk } from './cancel-desk.js';
import { collectResults } from './collect-results.js';
import type { CollectedResults } from './collect-results.js';
import { followCancelled, withinDeadline } from './deadline.js';
import { OperatorDesk } from './operator-desk.js';
import { RunView } from './run-view.js';
import { seeThrough, waitOutDelay } from './see-through.js';
import { Stop } from './stop.js';
import { submitOnce } from './submit-once.js';
import type { Submitted } from './submit-once.js';
import { SurplusWatch } from './surplus-watch.js';

const statusQuery = defineQuery<RunState>(QUERIES.status);

/** One run's story. It is told shielded from cancellation; what may be interrupted goes through {@link Stop}. */
export class ActionRun {
  readonly stop = new Stop();
  readonly #view: RunView;
  readonly #desk = new OperatorDesk();
  readonly #cancels: CancelDesk;
  readonly #tag: string;

  constructor(
    readonly request: RunActionRequest,
    readonly options: RunOptions,
    readonly givenOptions: RunActionOptions | undefined,
    readonly begun: Begun | undefined,
  ) {
    this.#tag = begun?.tag ?? submissionTag(workflowInfo());
    this.#view = new RunView(textOr(request.action, 'unnamed action'), String(request.container_id));
    this.#cancels = new CancelDesk(this.stop, this.#view);
    setHandler(statusQuery, () => this.#view.state, {
      description: 'Where the run stands, who is asked, what SOAR last said.',
    });
  }

  async story(): Promise<RunActionResult> {
    const submitted = await this.#submit();
    const result = submitted ? await this.#seeThrough(submitted) : this.#neverRan();
    await this.#cancels.answerAll();
    this.#view.update({ phase: 'done', outcome: result.outcome });
    this.#view.publish();
    return { ...result, ...this.#cancels.report() };
  }

  async #submit(): Promise<Submitted | undefined> {
    const { begun } = this;
    const mayExist = begun !== undefined || mayHaveBeenSubmitted(workflowInfo());
    this.#view.update({ submissions: mayExist ? 1 : 0 });
    if (begun && begun.actionRunId !== null)
      return { actionRunId: begun.actionRunId, surplus: [], sinceMs: begun.sinceMs };
    const input = { request: this.request, options: this.givenOptions ?? null, tag: this.#tag };
    const { options, stop } = this;
    const mayExistSinceMs = begun?.sinceMs ?? workflowInfo().startTime.getTime();
    return submitOnce({ input, options, mayExist, mayExistSinceMs, stop, view: this.#view, desk: this.#desk });
  }

  async #seeThrough({ actionRunId, surplus, sinceMs }: Submitted): Promise<RunActionResult> {
    this.#view.update({ actionRunId, phase: 'awaitingActionRun' });
    this.#cancels.watch(actionRunId);
    this.#view.publish();
    const watch = new SurplusWatch({
      tag: this.#tag,
      name: taggedName(this.request.name, this.#tag),
      keep: actionRunId,
    });
    await watch.cancel(surplus);
    const dueAtMs = sinceMs + (this.request.exec_delay_secs ?? 0) * 1_000;
    const follow = (): Promise<ActionRunSight> => this.#untilEnded(actionRunId, dueAtMs);
    const sight = await (this.#view.state.submissions > 1 ? watch.during(follow) : follow());
    await this.#noteApprovals(sight);
    this.#view.update({ phase: 'fetchingResults' });
    const results = await collectResults(actionRunId, this.options.inlineResultBytes);
    return this.#conclude(sight, results, watch);
  }

  async #untilEnded(actionRunId: number, dueAtMs: number): Promise<ActionRunSight> {
    const { timeoutSecs } = this.options;
    const follow = (): Promise<ActionRunSight> => seeThrough(this.#view, actionRunId);
    const sight = await this.stop.unlessStopped(async () => {
      await waitOutDelay(this.#view, dueAtMs);
      this.#view.update({ phase: 'awaitingActionRun' });
      return withinDeadline(this.stop, { dueAtMs, timeoutSecs }, follow);
    });
    if (sight) return sight;
    await this.#cancels.answer();
    const lastLook = soar('read', 'last look at the cancelled run');
    return followCancelled(follow, () => lastLook.getActionRun({ actionRunId }));
  }

  /** A run that failed may have been denied, or may have waited for a person until it expired. */
  async #noteApprovals({ actionRun, actionRunId }: ActionRunSight): Promise<void> {
    if (!actionRun || classifyActionRun(actionRun) !== 'failed') return;
    const approvals = await soar('read', 'was it denied, or did an approval expire?').fetchApprovals({ actionRunId });
    this.#view.update({ approvals });
  }

  #conclude(
    { actionRun, actionRunId }: ActionRunSight,
    results: CollectedResults,
    watch: SurplusWatch,
  ): RunActionResult {
    const { approvals, polls, submissions } = this.#view.state;
    const statusClass = actionRun ? classifyActionRun(actionRun) : 'missing';
    const outcome = decideOutcome({ statusClass, stopped: this.#stoppedBy(), approvals });
    const message = actionRun?.message ?? `SOAR does not know action_run ${actionRunId}, although it had queued it.`;
    return {
      outcome,
      message,
      actionRunId,
      actionRun,
      ...results,
      approvals,
      surplusRuns: watch.runs,
      submissions,
      polls,
    };
  }

  #neverRan(): RunActionResult {
    const { submissions } = this.#view.state;
    const message = this.stop.request() ? NOTHING_FOUND : GIVEN_UP;
    const nothing = {
      actionRunId: null,
      actionRun: null,
      appRuns: [],
      appRunsOmitted: 0,
      approvals: [],
      surplusRuns: [],
    };
    return { outcome: this.stop.request() ? 'cancelled' : 'failed', message, ...nothing, submissions, polls: 0 };
  }

  #stoppedBy(): 'cancel' | 'timeout' | undefined {
    const request = this.stop.request();
    return request && (request.by === 'deadline' ? 'timeout' : 'cancel');
  }
}

const NOTHING_FOUND = 'Cancelled before SOAR had the action; nothing of it was found in SOAR.';
const GIVEN_UP = 'Given up by a person while it was unknown whether SOAR had queued the action.';
