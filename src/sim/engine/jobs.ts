import { Heap } from 'heap-js';
import { failedOutcome } from '../apps/action.js';
import type { SimAction, SimApp } from '../apps/action.js';
import type { Tables } from '../store/store.js';
import type { ActionRun, Job, JsonObject } from '../records.js';
import { actionResult, appRunOf } from './app-runs.js';
import { parameterSetsOf } from './plan.js';
import type { PlannedJob } from './plan.js';

/** Something that falls due. It names its record by kind and id, so that the engine can ignore it if the record has moved on. */
export interface Appointment {
  readonly atMs: number;
  readonly kind: 'dispatch' | 'finish' | 'expire';
  readonly id: number;
}

/** What falls due when, earliest first. Of two at the same time the one that was added first comes first. */
export class Agenda {
  readonly #heap = new Heap<{ readonly order: number; readonly appointment: Appointment }>(
    (a, b) => a.appointment.atMs - b.appointment.atMs || a.order - b.order,
  );
  #added = 0;

  add(appointment: Appointment): void {
    this.#heap.push({ order: this.#added, appointment });
    this.#added += 1;
  }

  /** Takes the earliest appointment that is due at `nowMs`, if there is one. */
  takeDue(nowMs: number): Appointment | undefined {
    const first = this.#heap.peek()?.appointment;
    if (!first || first.atMs > nowMs) return undefined;
    this.#heap.pop();
    return first;
  }
}

/** Of one app_run: it must fit into one string, in the journal and in an answer. */
const MAX_RESULT_BYTES = 256 * 1024 * 1024;
const TOO_LARGE = `The results of one app_run have at most ${MAX_RESULT_BYTES} bytes`;

/** What the engine works with. */
export interface EngineParts {
  readonly tables: Tables;
  /** Writes what changed to the journal. */
  readonly commit: () => void;
  readonly apps: readonly SimApp[];
  readonly nodeGuid: string;
  /** How long an approver or a reviewer has, in milliseconds. */
  readonly approvalLifetimeMs: number;
  /** The clock, in milliseconds since 1970. */
  readonly now: () => number;
}

/** The jobs that are queued or running. A finished job leaves its app_run. */
export class Jobs {
  /** Ids of the jobs that are not over. The table keeps all jobs, and looking through it takes ever longer. */
  readonly #open = new Set<number>();

  /** Takes over the jobs that an earlier server left open. */
  constructor(
    private readonly parts: EngineParts,
    private readonly agenda: Agenda,
  ) {
    for (const job of parts.tables.job.all()) {
      if (job.state === 'queued' || job.state === 'running') this.#watch(job);
    }
  }

  /** Adds a job. It starts at once unless its asset's `concurrency_limit` is reached. */
  open(run: ActionRun, { targetIndex, app, asset }: PlannedJob, atMs: number): void {
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
    this.#watch(queued);
    if (this.#hasFreeSlot(queued.asset)) this.#start(queued, atMs);
  }

  /** Starts jobs that wait for an asset, as far as there is room. */
  fill(assetId: number | null, atMs: number): void {
    for (const next of this.#openJobs((job) => job.asset === assetId && job.state === 'queued')) {
      if (!this.#hasFreeSlot(assetId)) return;
      this.#start(next, atMs);
    }
  }

  /** Finishes a job whose time is over. Returns its run if that was the run's last job. */
  finish(jobId: number, atMs: number): ActionRun | undefined {
    const job = this.parts.tables.job.get(jobId);
    const run = job && this.parts.tables.action_run.get(job.actionRun);
    if (job?.state !== 'running' || !run) return undefined;
    this.#keepResults(run, job, atMs);
    this.#close(job, 'done', atMs);
    return this.#openJobs(({ actionRun }) => actionRun === run.id).length === 0 ? run : undefined;
  }

  /** Stops all open jobs of a run. */
  stop(runId: number, atMs: number): void {
    const open = this.#openJobs(({ actionRun }) => actionRun === runId);
    // Queued jobs first: stopping a running one would start them.
    for (const job of open.filter(({ state }) => state === 'queued')) this.#close(job, 'stopped', atMs);
    for (const job of open.filter(({ state }) => state === 'running')) this.#close(job, 'stopped', atMs);
  }

  #watch(job: Job): void {
    this.#open.add(job.id);
    if (job.endsAtMs !== null) this.agenda.add({ kind: 'finish', id: job.id, atMs: job.endsAtMs });
  }

  #start(job: Job, atMs: number): void {
    const endsAtMs = atMs + this.#codeOf(job).durationMs(this.#parameterSets(job));
    this.#watch(this.parts.tables.job.put({ ...job, state: 'running', startedAtMs: atMs, endsAtMs }));
  }

  #keepResults(run: ActionRun, job: Job, atMs: number): void {
    const { tables } = this.parts;
    const code = this.#codeOf(job);
    let bytesLeft = MAX_RESULT_BYTES;
    const results = this.#parameterSets(job).map((set) => {
      const outcome = code.run(set);
      bytesLeft -= JSON.stringify(outcome).length;
      return actionResult(set, bytesLeft >= 0 ? outcome : failedOutcome(TOO_LARGE));
    });
    const app = tables.app.get(job.app);
    const asset = tables.asset.get(job.asset ?? 0);
    const startedAtMs = job.startedAtMs ?? atMs;
    tables.app_run.insert((id) => appRunOf(id, { run, app, asset, results, startedAtMs, endedAtMs: atMs }));
  }

  /** Closes a job and starts the next ones on its asset. */
  #close(job: Job, state: 'done' | 'stopped', atMs: number): void {
    this.parts.tables.job.put({ ...job, state, endsAtMs: job.startedAtMs === null ? null : atMs });
    this.#open.delete(job.id);
    this.fill(job.asset, atMs);
  }

  #hasFreeSlot(assetId: number | null): boolean {
    const limit = this.parts.tables.asset.get(assetId ?? 0)?.concurrency_limit ?? Infinity;
    return this.#openJobs((job) => job.asset === assetId && job.state === 'running').length < limit;
  }

  #openJobs(matches: (job: Job) => boolean): Job[] {
    return [...this.#open].flatMap((id) => this.parts.tables.job.get(id) ?? []).filter(matches);
  }

  #codeOf(job: Job): SimAction {
    const { tables, apps } = this.parts;
    const appid = tables.app.get(job.app)?.appid;
    const name = tables.action_run.get(job.actionRun)?.action;
    const app = apps.find(({ record }) => record.appid === appid);
    const action = app?.actions.find(({ record }) => record.action === name);
    if (!action) throw new Error(`There is no code for action "${name ?? ''}".`);
    return action;
  }

  #parameterSets({ actionRun, targetIndex }: Job): readonly JsonObject[] {
    return parameterSetsOf(this.parts.tables.action_run.get(actionRun)?.targets[targetIndex]);
  }
}
