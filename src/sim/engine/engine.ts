import { ApiError, parseFields } from '../http.js';
import type { ActionRun, Approval } from '../records.js';
import { millisOf, soarTime } from '../records.js';
import { Agenda, Jobs } from './jobs.js';
import { actionResult, appRunOf, overallStatus, runMessage, tally } from './app-runs.js';
import type { ApprovalNeed } from './approvals.js';
import { answerSchema, approvalNeeds, isManual, manualNeed, newApproval } from './approvals.js';
import type { EngineParts } from './jobs.js';
import type { PlannedJob } from './plan.js';
import { newActionRun, parameterSetsOf, planWork, submissionSchema } from './plan.js';

/**
 * Carries action_runs from submission to end. There are no timers: what falls due is on an agenda. {@link Engine.advance},
 * called before every request, does all of it in the order of its times, and with those times in the records. The agenda is made
 * of the records alone, so a restarted server continues where the last one stopped.
 */
export class Engine {
  readonly #agenda = new Agenda();
  readonly #jobs: Jobs;

  constructor(private readonly parts: EngineParts) {
    for (const run of parts.tables.action_run.all()) {
      // A pending run that has an approval waits for the answer, not for its delay.
      if (run.status === 'pending' && this.#approvalsOf(run.id).length === 0) this.#delay(run);
    }
    for (const approval of parts.tables.approval.all()) {
      if (approval.status === 'pending') this.#awaitAnswer(approval);
    }
    this.#jobs = new Jobs(parts, this.#agenda);
  }

  /** Does all that has fallen due by now. Each thing is a commit of its own: the results of many runs may not fit into one. */
  advance(): void {
    const { tables, now, commit } = this.parts;
    const nowMs = now();
    for (let next = this.#agenda.takeDue(nowMs); next; next = this.#agenda.takeDue(nowMs)) {
      const { kind, id, atMs } = next;
      if (kind === 'dispatch') this.#dispatch(tables.action_run.get(id), atMs);
      else if (kind === 'expire') this.#expire(tables.approval.get(id), atMs);
      else this.#conclude(this.#jobs.finish(id, atMs), atMs);
      commit();
    }
  }

  /** Starts jobs that wait for an asset, where its `concurrency_limit` leaves room by now. */
  fillAsset(assetId: number): void {
    this.#jobs.fill(assetId, this.parts.now());
    this.advance();
  }

  /** `POST /rest/action_run`. Throws an {@link ApiError} of status 400 when the body does not fit. */
  submit(body: unknown, userId: number): ActionRun {
    const { tables, nodeGuid, now } = this.parts;
    const submission = parseFields(submissionSchema, body);
    const defaultType = tables.app_action.all().find(({ action }) => action === submission.action)?.type ?? 'generic';
    const context = { nowMs: now(), userId, nodeGuid, defaultType };
    const run = tables.action_run.insert((id) => newActionRun(id, submission, context));
    this.#delay(run);
    this.advance();
    return run;
  }

  /** Cancels a run and returns the message it then has. Throws an {@link ApiError} of status 400 for a run that has ended. */
  cancel(run: ActionRun, userName: string): string {
    if (run.close_time !== null) throw new ApiError(400, `Action run ${run.id} has ended: ${run.status}`);
    const nowMs = this.parts.now();
    const message = `Action run cancelled by ${userName}`;
    this.#end({ ...run, cancelled: message }, 'failed', message, nowMs);
    this.#jobs.stop(run.id, nowMs);
    return message;
  }

  /** `POST /rest/approval/<id>`. Throws an {@link ApiError} of status 400 for a body that does not fit, or an approval that is over. */
  answer(approval: Approval, body: unknown, userName: string): void {
    const { status, responses } = parseFields(answerSchema, body);
    if (approval.status !== 'pending') throw new ApiError(400, `Approval ${approval.id} is ${approval.status}`);
    const nowMs = this.parts.now();
    if (status === 'approve') this.#approve({ ...approval, responses }, nowMs);
    else this.#refuse(approval, 'denied', `${approval.name} was denied by ${userName}`, nowMs);
    this.advance();
  }

  #delay(run: ActionRun): void {
    this.#agenda.add({ kind: 'dispatch', id: run.id, atMs: millisOf(run.create_time) + run.exec_delay_secs * 1000 });
  }

  #awaitAnswer({ id, due_time }: Approval): void {
    this.#agenda.add({ kind: 'expire', id, atMs: millisOf(due_time) });
  }

  /** Starts a run, or asks the people that it needs an answer from. Ends it where its work cannot be planned. */
  #dispatch(run: ActionRun | undefined, atMs: number): void {
    if (run?.status !== 'pending') return;
    if (isManual(run)) {
      this.#ask(run, [manualNeed(run)], atMs);
      return;
    }
    const jobs = this.#plan(run, atMs);
    if (!jobs) return;
    const needs = approvalNeeds(run, jobs, this.parts.approvalLifetimeMs);
    if (needs.length > 0) this.#ask(run, needs, atMs);
    else this.#start(run, jobs, atMs);
  }

  /** What a run has to do. Ends the run, and returns undefined, if that cannot be done. */
  #plan(run: ActionRun, atMs: number): readonly PlannedJob[] | undefined {
    const plan = planWork(run, this.parts.tables);
    if ('jobs' in plan) return plan.jobs;
    this.#end(run, 'failed', plan.problem, atMs);
    return undefined;
  }

  #ask(run: ActionRun, needs: readonly ApprovalNeed[], atMs: number): void {
    const { tables } = this.parts;
    tables.action_run.put({ ...run, message: 'waiting for approval', update_time: soarTime(atMs) });
    for (const need of needs) this.#awaitAnswer(tables.approval.insert((id) => newApproval(id, run, need, atMs)));
  }

  #start(run: ActionRun, jobs: readonly PlannedJob[], atMs: number): void {
    const time = soarTime(atMs);
    const started = { status: 'running', message: 'running', start_time: time, update_time: time } as const;
    this.parts.tables.action_run.put({ ...run, ...started });
    for (const job of jobs) this.#jobs.open(run, job, atMs);
  }

  /** Takes an approval. With the last one its run goes on. */
  #approve(approval: Approval, atMs: number): void {
    const { tables } = this.parts;
    tables.approval.put({ ...approval, status: 'approved', close_time: soarTime(atMs) });
    const run = tables.action_run.get(approval.action_run);
    if (!run || this.#approvalsOf(run.id).some(({ status }) => status === 'pending')) return;
    if (isManual(run)) {
      this.#completeManually(run, approval, atMs);
      return;
    }
    const jobs = this.#plan(run, atMs);
    if (jobs) this.#start(run, jobs, atMs);
  }

  /** Ends a prompt or a task; the answers are its result. */
  #completeManually(run: ActionRun, { responses, start_time }: Approval, atMs: number): void {
    const [parameters = {}] = parameterSetsOf(run.targets[0]);
    const data = responses.map((response) => ({ response }));
    const outcome = { status: 'success' as const, message: 'answered', data, summary: { responses } };
    const results = [actionResult(parameters, outcome)];
    const times = { startedAtMs: millisOf(start_time), endedAtMs: atMs };
    this.parts.tables.app_run.insert((id) =>
      appRunOf(id, { run, app: undefined, asset: undefined, results, ...times }),
    );
    this.#conclude(run, atMs);
  }

  #expire(approval: Approval | undefined, atMs: number): void {
    if (approval?.status === 'pending') this.#refuse(approval, 'expired', `${approval.name} expired`, atMs);
  }

  #refuse(approval: Approval, status: 'denied' | 'expired', message: string, atMs: number): void {
    const { tables } = this.parts;
    tables.approval.put({ ...approval, status, close_time: soarTime(atMs) });
    const run = tables.action_run.get(approval.action_run);
    if (run) this.#end(run, 'failed', message, atMs);
  }

  /** Ends a run with the outcome of its app_runs. */
  #conclude(run: ActionRun | undefined, atMs: number): void {
    if (!run) return;
    const appRuns = this.parts.tables.app_run.all().filter((row) => row.action_run === run.id);
    const counts = tally(appRuns.flatMap((row) => row.result_data));
    this.#end(run, overallStatus(counts), runMessage(counts), atMs);
  }

  /** Ends a run, and with it the approvals that nobody has to answer any more. */
  #end(run: ActionRun, status: 'success' | 'failed', message: string, atMs: number): void {
    const { tables } = this.parts;
    const time = soarTime(atMs);
    tables.action_run.put({ ...run, status, message, close_time: time, update_time: time });
    for (const approval of this.#approvalsOf(run.id)) {
      if (approval.status === 'pending') tables.approval.put({ ...approval, status: 'expired', close_time: time });
    }
  }

  #approvalsOf(runId: number): Approval[] {
    return this.parts.tables.approval.all().filter((approval) => approval.action_run === runId);
  }
}
