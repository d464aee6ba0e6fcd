import { ActivityFailure, ApplicationFailure, sleep } from '@temporalio/workflow';
import type { PostedRun } from '../activities/index.js';
import type { RunActionGroupInput } from '../contracts/run-action-group.js';
import { soar } from './activity-proxies.js';
import type { Stop } from './stop.js';

/** What the group knows of one of its submissions. */
export type GroupedSubmission =
  | { readonly kind: 'submitted'; readonly actionRunId: number; readonly atMs: number }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  /** It may have arrived, no earlier than `sinceMs`. */
  | { readonly kind: 'uncertain'; readonly sinceMs: number }
  /** Stopped before it was sent. */
  | { readonly kind: 'stopped' };

/** Everything submitting a group needs. */
interface GroupSubmissionContext extends Pick<RunActionGroupInput, 'request' | 'runs'> {
  readonly tag: string;
  /** True where an earlier execution may have submitted under the same tag. */
  readonly mayExist: boolean;
  readonly stop: Stop;
}

/**
 * Submits every run of a group at most once. What certainly was not sent is sent later; where an answer was lost the
 * runs are looked up once, and those that do not turn up stay uncertain.
 */
export class GroupSubmission {
  readonly #context: GroupSubmissionContext;
  readonly #known: (GroupedSubmission | undefined)[];

  constructor(context: GroupSubmissionContext) {
    this.#context = context;
    this.#known = context.runs.map(() => undefined);
  }

  /** In the order of the runs. */
  async story(): Promise<GroupedSubmission[]> {
    if (this.#context.mayExist) this.#noteUncertain(this.#unsent());
    while (this.#unsent().length > 0 && !this.#context.stop.request()) {
      const pauseMs = await this.#post(this.#unsent());
      if (pauseMs > 0 && this.#unsent().length > 0) await this.#pause(pauseMs);
    }
    if (this.#uncertain().length > 0) await this.#lookUp();
    return this.#known.map((submission) => submission ?? { kind: 'stopped' });
  }

  async #post(indices: readonly number[]): Promise<number> {
    const { request, runs, tag, stop } = this.#context;
    const input = { request, tag, indices, runs: runs.filter((_run, index) => indices.includes(index)) };
    const sinceMs = Date.now();
    try {
      const answer = await stop.unlessStopped(() =>
        soar('submitGroup', `submit ${indices.length} action_runs`).submitActionRuns(input),
      );
      answer?.posted.forEach((posted) => {
        this.#note(posted, sinceMs);
      });
      return answer?.retryAfterMs ?? 0;
    } catch (error) {
      if (!isKilled(error)) throw error;
      this.#noteUncertain(indices, sinceMs);
      return 0;
    }
  }

  async #pause(ms: number): Promise<void> {
    await this.#context.stop.unlessStopped(() => sleep(ms, { summary: 'SOAR asked to be left alone, or was away' }));
  }

  #note(posted: PostedRun, sinceMs: number): void {
    if (posted.kind === 'submitted' || posted.kind === 'refused') this.#known[posted.index] = posted;
    if (posted.kind === 'uncertain') this.#known[posted.index] = { kind: 'uncertain', sinceMs };
  }

  #noteUncertain(indices: readonly number[], sinceMs = Date.now()): void {
    for (const index of indices) this.#known[index] = { kind: 'uncertain', sinceMs };
  }

  async #lookUp(): Promise<void> {
    const found = await soar('read', 'which of the actions were queued?').findGroupRuns({ tag: this.#context.tag });
    // Oldest first: should one tag be there twice, the older run is kept.
    for (const { index, actionRunId } of found) {
      const known = this.#known[index];
      if (known?.kind === 'uncertain') this.#known[index] = { kind: 'submitted', actionRunId, atMs: known.sinceMs };
    }
  }

  #unsent(): number[] {
    return this.#indices((submission) => submission === undefined);
  }

  #uncertain(): number[] {
    return this.#indices((submission) => submission?.kind === 'uncertain');
  }

  #indices(matches: (submission: GroupedSubmission | undefined) => boolean): number[] {
    return [...this.#known.keys()].filter((index) => matches(this.#known[index]));
  }
}

/** A worker that was killed, or an attempt that left no word: any of the POSTs may have arrived. */
function isKilled(error: unknown): boolean {
  return error instanceof ActivityFailure && !(error.cause instanceof ApplicationFailure);
}
