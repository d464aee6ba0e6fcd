import type { ActionRunSummary } from '../../contracts/run-action.js';
import type { ActionRun } from '../../contracts/soar.js';
import { SOAR_ERROR_CODES } from '../../model/error-codes.js';
import { classifyActionRun, isTerminal } from '../../model/run-state.js';
import type { EndClass } from '../../model/run-state.js';
import { groupedTag, isMarked, markOf } from '../../model/submission-tag.js';
import { cut } from '../../model/text.js';
import * as timing from '../../model/timeouts-and-intervals.js';
import type { SoarClient } from '../../soar/client.js';
import { SoarError } from '../../soar/soar-error.js';
import type { RunStatusLoader } from '../../soar/run-status-loader.js';
import { MAX_MESSAGE_CHARACTERS, summarizeActionRun } from '../find.js';
import { isOtherRun, requireOurs, requireSameSoar, saysGone } from '../../soar/our-run.js';
import type { SeenProblem } from './poll-report.js';
import { endByAppRuns } from './unknown-status.js';

/** Which runs to look at: one by itself, or those of a group. */
export interface LookedAt {
  readonly actionRunIds: readonly number[];
  /** The mark of the one run; of a group its tag. */
  readonly mark: string;
  /** Of a group, the place of each run in it: a run has the group's tag and its place. */
  readonly indices: readonly number[] | null;
  /** Address of the SOAR that has them. */
  readonly origin: string | null;
}

/** A run that needs no more waiting. */
export interface EndedRun {
  readonly actionRunId: number;
  /** `missing`, `replaced`: SOAR itself has said so for longer than the grace time. */
  readonly statusClass: EndClass;
  readonly message: string;
  /** Of a run that is followed alone. */
  readonly actionRun: ActionRunSummary | null;
}

/** A run that SOAR has under another number now. */
export interface MovedRun {
  readonly from: number;
  readonly to: number;
  /** Where SOAR shows it. */
  readonly url: string | null;
}

const MAX_GROUPED_MESSAGE_CHARACTERS = 300;

/** Looks at runs until they have ended. No answer ends a run but its own end, and SOAR's lasting word that it does not have it. */
export class Looks {
  readonly waiting: Set<number>;
  readonly ended: EndedRun[] = [];
  readonly moved: MovedRun[] = [];
  latest: ActionRun | undefined;
  readonly #marks: ReadonlyMap<number, string>;
  readonly #isAlone: boolean;
  readonly #goneSinceMs = new Map<number, number>();
  readonly #unknownSinceMs = new Map<number, number>();
  /** Runs of which it has been said that nobody knows their status. */
  readonly #told = new Set<number>();
  #lookedForMs = -Infinity;

  constructor(
    private readonly soar: SoarClient,
    private readonly loader: RunStatusLoader,
    private readonly input: LookedAt,
    private readonly signal: AbortSignal,
    /** The code of what the workflow has been told. */
    private readonly toldCode: string | null = null,
  ) {
    const { actionRunIds, indices, mark } = input;
    this.waiting = new Set(actionRunIds);
    this.#isAlone = indices === null;
    this.#marks = new Map(
      actionRunIds.map((id, at) => [id, indices ? markOf(groupedTag(mark, indices[at] ?? at)) : mark]),
    );
  }

  /** True while a run may be gone, or may have ended in words that nobody knows: only what lasts decides. */
  get isUndecided(): boolean {
    return this.#goneSinceMs.size > 0 || this.#unknownSinceMs.size > 0;
  }

  /** @returns what keeps SOAR's answer away, or leaves its meaning open */
  async lookAtAll(attemptsBefore: number): Promise<SeenProblem | null> {
    const errors = await Promise.all([...this.waiting].map((id) => this.#look(id)));
    await this.#lookForReplaced(errors);
    const error = errors.find((one) => one !== undefined);
    if (!error) return null;
    const { code, message, retryAfterMs = 0 } = error;
    return { code, message: cut(message, 500), attempts: attemptsBefore + 1, retryAfterMs };
  }

  async #look(id: number): Promise<SoarError | undefined> {
    try {
      requireSameSoar(this.soar, this.input.origin);
      const run = requireOurs(await this.loader.getActionRun(id, { signal: this.signal }), this.#marks.get(id) ?? '');
      this.#goneSinceMs.delete(id);
      this.latest = run;
      const statusClass = classifyActionRun(run);
      if (statusClass === 'unknown') return await this.#judgeUnknown(run);
      this.#unknownSinceMs.delete(id);
      if (isTerminal(statusClass)) this.#end(run, statusClass);
      return undefined;
    } catch (error) {
      if (!(error instanceof SoarError)) throw error;
      if (saysGone(error)) this.#noteGone(id, error);
      return error;
    }
  }

  /** A word that nobody knows is no end by itself; once it lasts, the run's own time of end and its app_runs are asked. */
  async #judgeUnknown(run: ActionRun): Promise<SoarError | undefined> {
    const nowMs = performance.now();
    const isTold = this.toldCode === SOAR_ERROR_CODES.UNKNOWN_STATUS || this.#told.has(run.id);
    const sinceMs = this.#unknownSinceMs.get(run.id) ?? nowMs - (isTold ? timing.UNKNOWN_STATUS.saidAfterMs : 0);
    this.#unknownSinceMs.set(run.id, sinceMs);
    const end = await endByAppRuns(this.soar, run, nowMs - sinceMs, { signal: this.signal });
    if (end) this.#end(run, end);
    if (end || nowMs - sinceMs < timing.UNKNOWN_STATUS.saidAfterMs) return undefined;
    this.#unknownSinceMs.delete(run.id);
    this.#told.add(run.id);
    const detail = `SOAR gives the status “${cut(run.status, 50)}”, which nobody knows: whether the run has ended cannot be told by it`;
    const path = `/rest/action_run/${run.id}`;
    return new SoarError({ code: SOAR_ERROR_CODES.UNKNOWN_STATUS, method: 'GET', path, sent: true, detail });
  }

  /** A node that lags behind does not know the run yet: only what lasts counts. */
  #noteGone(id: number, error: SoarError): void {
    const sinceMs = this.#goneSinceMs.get(id) ?? performance.now();
    this.#goneSinceMs.set(id, sinceMs);
    if (performance.now() - sinceMs < timing.MISSING_RUN_GRACE_MS) return;
    this.#goneSinceMs.delete(id);
    const message = isOtherRun(error)
      ? `SOAR does not know our run any more: ${error.message}`
      : `SOAR does not know action_run ${id}, although it had queued it.`;
    this.#leave({ actionRunId: id, statusClass: isOtherRun(error) ? 'replaced' : 'missing', message, actionRun: null });
  }

  /** SOAR may have our run under another number: one look for all of them now and then. */
  async #lookForReplaced(errors: readonly (SoarError | undefined)[]): Promise<void> {
    const nowMs = performance.now();
    if (!errors.some(isOtherRun) || nowMs - this.#lookedForMs < timing.LOOK_FOR_RUN_EVERY_MS) return;
    this.#lookedForMs = nowMs;
    const { indices, mark } = this.input;
    const filters = { name__contains: indices ? `[${mark}/` : mark };
    const query = { filters, sort: 'id', order: 'desc', pageSize: 200 } as const;
    const page = await this.soar.listActionRuns(query, { signal: this.signal }).catch((error: unknown) => {
      if (error instanceof SoarError) return undefined;
      throw error;
    });
    for (const from of [...this.#goneSinceMs.keys()]) this.#noteMoved(from, page?.data ?? []);
  }

  #noteMoved(from: number, runs: readonly ActionRun[]): void {
    const mark = this.#marks.get(from) ?? '';
    const found = runs.filter(({ id, name }) => id !== from && Boolean(name) && isMarked(name, mark));
    const to = found.sort((a, b) => a.id - b.id)[0];
    if (!to || this.waiting.has(to.id)) return;
    this.waiting.delete(from);
    this.#goneSinceMs.delete(from);
    this.moved.push({ from, to: to.id, url: this.soar.actionRunPage(to.container, to.id) });
  }

  #end(run: ActionRun, statusClass: EndClass): void {
    const message = run.message === '' ? `SOAR gives the status “${cut(run.status, 50)}”.` : run.message;
    this.#leave({
      actionRunId: run.id,
      statusClass,
      message,
      actionRun: this.#isAlone ? summarizeActionRun(run) : null,
    });
  }

  #leave(ended: EndedRun): void {
    this.waiting.delete(ended.actionRunId);
    const most = this.#isAlone ? MAX_MESSAGE_CHARACTERS : MAX_GROUPED_MESSAGE_CHARACTERS;
    this.ended.push({ ...ended, message: cut(ended.message, most) });
  }
}
