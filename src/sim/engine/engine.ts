import type { AppCode } from '../apps/app-code.js';
import type { SimAction } from '../apps/sim-action.js';
import { ApiError, noSuchRecord } from '../http/api-error.js';
import type { ActionRun } from '../records/action-run.js';
import type { Job } from '../records/job.js';
import { millisOf, soarTime } from '../soar-time.js';
import type { JsonObject } from '../store/soar-record.js';
import type { Tables } from '../store/store.js';
import type { Appointment } from './agenda.js';
import { Agenda } from './agenda.js';
import { actionResult, appRunOf } from './app-run-of.js';
import { overallStatus, runMessage, tally } from './messages.js';
import { newActionRun, readSubmission } from './submission.js';
import type { PlannedJob } from './work-plan.js';
import { parameterSetsOf, planWork } from './work-plan.js';

/** What the engine works with. */
export interface EngineParts {
  readonly tables: Tables;
  readonly appCode: AppCode;
  readonly nodeGuid: string;
  /** The clock, in milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * The life of action_runs. Nothing here waits: what falls due is on an agenda, and {@link Engine.advance}, called before every
 * request, does all of it in the order of its times, as if it had been done at those times. The agenda follows from the
 * records alone, so a restarted server goes on where the last one was.
 */
export class Engine {
  readonly #agenda = new Agenda();
  readonly #openJobs = new Set<number>();

  constructor(private readonly parts: EngineParts) {
    for (const run of parts.tables.action_run.all()) this.#resumeRun(run);
    for (const job of parts.tables.job.all()) this.#resumeJob(job);
  }

  /** Does all that has fallen due by now. */
  advance(): void {
    const nowMs = this.parts.now();
    for (let next = this.#agenda.takeDue(nowMs); next; next = this.#agenda.takeDue(nowMs)) this.#keep(next);
  }

  /** `POST /rest/action_run`. Throws an {@link ApiError} of status 400 when the body does not fit. */
  submit(body: unknown, userId: number): ActionRun {
    const { tables, nodeGuid, now } = this.parts;
    const submission = readSubmission(body);
    const defaultType = tables.app_action.all().find(({ action }) => action === submission.action)?.type ?? 'generic';
    const context = { nowMs: now(), userId, nodeGuid, defaultType };
    const run = tables.action_run.insert((id) => newActionRun(id, submission, context));
    this.#resumeRun(run);
    this.advance();
    return run;
  }

  /** Cancels a run. Throws an {@link ApiError}: 404 for an unknown id, 400 for a run that has ended. */
  cancel(id: number, userName: string): ActionRun {
    const run = this.parts.tables.action_run.get(id);
    if (!run) throw noSuchRecord('action_run', id);
    if (run.close_time !== null)
      throw new ApiError(400, `Action run ${id} has already ended with status ${run.status}`);
    const nowMs = this.parts.now();
    const message = `Action run cancelled by ${userName}`;
    const ended = this.#end({ ...run, cancelled: message }, 'failed', message, nowMs);
    for (const job of this.#openJobsOf(id)) this.#settleJob(job, 'stopped', nowMs);
    return ended;
  }

  #resumeRun(run: ActionRun): void {
    if (run.status !== 'pending') return;
    this.#agenda.add({ kind: 'dispatch', id: run.id, atMs: millisOf(run.create_time) + run.exec_delay_secs * 1000 });
  }

  #resumeJob(job: Job): void {
    if (job.state !== 'queued' && job.state !== 'running') return;
    this.#openJobs.add(job.id);
    if (job.endsAtMs !== null) this.#agenda.add({ kind: 'finish', id: job.id, atMs: job.endsAtMs });
  }

  #keep({ kind, id, atMs }: Appointment): void {
    if (kind === 'dispatch') this.#dispatch(id, atMs);
    else if (kind === 'finish') this.#finish(id, atMs);
  }

  #dispatch(runId: number, atMs: number): void {
    const { tables } = this.parts;
    const run = tables.action_run.get(runId);
    if (run?.status !== 'pending') return;
    const plan = planWork(run, tables);
    if ('problem' in plan) {
      this.#end(run, 'failed', plan.problem, atMs);
      return;
    }
    const time = soarTime(atMs);
    tables.action_run.put({ ...run, status: 'running', message: 'running', start_time: time, update_time: time });
    for (const planned of plan.jobs) this.#openJob(run, planned, atMs);
  }

  #openJob(run: ActionRun, { targetIndex, app, asset }: PlannedJob, atMs: number): void {
    const queued = this.parts.tables.job.insert((id) => ({
      id,
      actionRun: run.id,
      targetIndex,
      app: app.id,
      asset: asset?.id ?? null,
      state: 'queued',
      startedAtMs: null,
      endsAtMs: null,
    }));
    this.#openJobs.add(queued.id);
    if (this.#hasFreeSlot(queued.asset)) this.#start(queued, atMs);
  }

  #start(job: Job, atMs: number): void {
    const endsAtMs = atMs + this.#codeOf(job).durationMs(this.#parameterSets(job));
    this.#resumeJob(this.parts.tables.job.put({ ...job, state: 'running', startedAtMs: atMs, endsAtMs }));
  }

  #finish(jobId: number, atMs: number): void {
    const { tables } = this.parts;
    const job = tables.job.get(jobId);
    const run = job && tables.action_run.get(job.actionRun);
    if (job?.state !== 'running' || !run) return;
    const code = this.#codeOf(job);
    const results = this.#parameterSets(job).map((set) => actionResult(set, code.run(set)));
    const app = tables.app.get(job.app);
    const asset = tables.asset.get(job.asset ?? 0);
    const startedAtMs = job.startedAtMs ?? atMs;
    tables.app_run.insert((id) => appRunOf(id, { run, app, asset, results, startedAtMs, endedAtMs: atMs }));
    this.#settleJob(job, 'done', atMs);
    if (this.#openJobsOf(run.id).length === 0) this.#conclude(run, atMs);
  }

  /** Closes a job and lets the next one onto its asset. */
  #settleJob(job: Job, state: 'done' | 'stopped', atMs: number): void {
    this.parts.tables.job.put({ ...job, state, endsAtMs: job.startedAtMs === null ? null : atMs });
    this.#openJobs.delete(job.id);
    const next = this.#jobsOn(job.asset).find((open) => open.state === 'queued');
    if (next && this.#hasFreeSlot(next.asset)) this.#start(next, atMs);
  }

  #conclude(run: ActionRun, atMs: number): void {
    const appRuns = this.parts.tables.app_run.all().filter((row) => row.action_run === run.id);
    const counts = tally(appRuns.flatMap((row) => row.result_data));
    this.#end(run, overallStatus(counts), runMessage(counts), atMs);
  }

  #end(run: ActionRun, status: 'success' | 'failed', message: string, atMs: number): ActionRun {
    const time = soarTime(atMs);
    return this.parts.tables.action_run.put({ ...run, status, message, close_time: time, update_time: time });
  }

  #hasFreeSlot(assetId: number | null): boolean {
    const limit = this.parts.tables.asset.get(assetId ?? 0)?.concurrency_limit ?? Infinity;
    return this.#jobsOn(assetId).filter(({ state }) => state === 'running').length < limit;
  }

  #jobsOn(assetId: number | null): Job[] {
    return this.#open().filter((job) => job.asset === assetId);
  }

  #openJobsOf(runId: number): Job[] {
    return this.#open().filter((job) => job.actionRun === runId);
  }

  #open(): Job[] {
    return [...this.#openJobs].flatMap((id) => this.parts.tables.job.get(id) ?? []);
  }

  #codeOf(job: Job): SimAction {
    const { tables, appCode } = this.parts;
    const action = tables.action_run.get(job.actionRun)?.action;
    const identifier = tables.app_action.all().find((row) => row.app === job.app && row.action === action)?.identifier;
    const code = appCode.get(identifier ?? '');
    if (!code) throw new Error(`There is no code for action "${action ?? ''}".`);
    return code;
  }

  #parameterSets({ actionRun, targetIndex }: Job): readonly JsonObject[] {
    return parameterSetsOf(this.parts.tables.action_run.get(actionRun)?.targets[targetIndex]);
  }
}
