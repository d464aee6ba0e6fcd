import type { ActionRun } from '../contracts/soar.js';
import { meaningOf } from '../model/http-status-errors.js';
import type { SoarClient } from './client.js';
import { SoarError } from './soar-error.js';

/** Settings of a {@link RunStatusLoader}; times in milliseconds. */
export interface RunStatusLoaderOptions {
  /** Ids are collected for so long after SOAR was asked last: who asks a loader at rest need not wait. Default: 250. */
  readonly tickMs?: number;
  /** Most ids in one request. Default: 100. */
  readonly maxIds?: number;
  /** How long to ask one by one after SOAR turned out not to filter by ids. Default: 300,000. */
  readonly refusalMemoryMs?: number;
  /** A clock that only goes forward. Default: `performance.now`. */
  readonly now?: () => number;
}

/** Answers what `GET /rest/action_run/<id>` would, but asks SOAR once for everybody who asks at about the same time. */
export interface RunStatusLoader {
  /**
   * Rejects as the client's `getActionRun` does; an aborted signal takes only its own caller away. The client's deadline
   * holds, counted from the end of the tick.
   */
  getActionRun(id: number, call?: { readonly signal?: AbortSignal | undefined }): Promise<ActionRun>;
}

/** What the loader needs of a client. */
export type StatusSource = Pick<SoarClient, 'getActionRun' | 'listActionRuns'>;

const DEFAULTS = { tickMs: 250, maxIds: 100, refusalMemoryMs: 300_000, now: () => performance.now() };

/**
 * True where a filtered list got an answer that says nothing but that SOAR does not filter like this: `_filter_id__in` is
 * documented but unproven on this resource, and a 500 is how a filter that is not understood can look.
 */
export function isNoFilter(error: unknown): boolean {
  return error instanceof SoarError && meaningOf(error.code).noFilter === true;
}

/** Makes a {@link RunStatusLoader}. Holds a timer only while somebody waits. */
export function createRunStatusLoader(source: StatusSource, options: RunStatusLoaderOptions = {}): RunStatusLoader {
  const loader = new Loader(source, { ...DEFAULTS, ...options });
  return { getActionRun: (id, call) => loader.ask(id, call?.signal) };
}

class Loader {
  /** The answers that are promised for the end of this tick. */
  private asked = new Map<number, PendingAnswer<ActionRun>>();
  private lastTickMs = -Infinity;
  private oneByOneUntilMs = -Infinity;

  constructor(
    private readonly source: StatusSource,
    private readonly options: Required<RunStatusLoaderOptions>,
  ) {}

  ask(id: number, signal?: AbortSignal): Promise<ActionRun> {
    if (this.asked.size === 0) setTimeout(this.tick, this.untilTickMs());
    const pending = this.asked.get(id) ?? new PendingAnswer<ActionRun>();
    this.asked.set(id, pending);
    return pending.join(signal);
  }

  private untilTickMs(): number {
    return Math.max(this.lastTickMs + this.options.tickMs - this.options.now(), 0);
  }

  private readonly tick = (): void => {
    this.lastTickMs = this.options.now();
    const due = [...this.asked].filter(([, pending]) => pending.isWanted);
    this.asked = new Map();
    for (let at = 0; at < due.length; at += this.options.maxIds) {
      void this.answer(new Map(due.slice(at, at + this.options.maxIds)));
    }
  };

  private async answer(due: ReadonlyMap<number, PendingAnswer<ActionRun>>): Promise<void> {
    if (due.size === 1 || this.options.now() < this.oneByOneUntilMs) {
      await this.answerOneByOne(due);
      return;
    }
    const rows = await this.listRows([...due.keys()]).catch((error: unknown) => {
      for (const pending of due.values()) pending.reject(error);
    });
    if (rows === undefined) return;
    for (const row of rows) due.get(row.id)?.resolve(row);
    const leftOut = new Map([...due].filter(([, pending]) => !pending.isSettled));
    const wasThere = await this.answerOneByOne(leftOut);
    if (wasThere || rows.some(({ id }) => !due.has(id))) this.rememberRefusal();
  }

  /** No rows where the list itself is refused; rejects where SOAR cannot answer anything now. */
  private async listRows(ids: readonly number[]): Promise<readonly ActionRun[]> {
    try {
      return (await this.source.listActionRuns({ filters: { id__in: ids }, pageSize: ids.length })).data;
    } catch (error) {
      if (!isNoFilter(error)) throw error;
      this.rememberRefusal();
      return [];
    }
  }

  /** True where SOAR knew one of them after all. */
  private async answerOneByOne(due: ReadonlyMap<number, PendingAnswer<ActionRun>>): Promise<boolean> {
    const outcomes = [...due].map(async ([id, pending]) => {
      try {
        pending.resolve(await this.source.getActionRun(id));
        return true;
      } catch (error) {
        pending.reject(error);
        return false;
      }
    });
    return (await Promise.all(outcomes)).includes(true);
  }

  private rememberRefusal(): void {
    this.oneByOneUntilMs = this.options.now() + this.options.refusalMemoryMs;
  }
}
class PendingAnswer<T> {
  private readonly answer: Promise<T>;
  private settle: { resolve: (value: T) => void; reject: (error: unknown) => void } | undefined;
  private waiting = 0;

  constructor() {
    this.answer = new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
    });
    // When every caller has gone away, nobody is left to hear of a failure.
    this.answer.catch(() => undefined);
  }

  /** False once every caller has gone away. */
  get isWanted(): boolean {
    return this.waiting > 0;
  }

  get isSettled(): boolean {
    return this.settle === undefined;
  }

  /** Waits for the answer, or rejects with the signal's own reason, for this caller only. */
  async join(signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    this.waiting += 1;
    try {
      if (signal !== undefined) await this.settledOrAborted(signal);
      return await this.answer;
    } finally {
      this.waiting -= 1;
    }
  }

  resolve(value: T): void {
    this.settle?.resolve(value);
    this.settle = undefined;
  }

  reject(error: unknown): void {
    this.settle?.reject(error);
    this.settle = undefined;
  }

  private async settledOrAborted(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        signal.removeEventListener('abort', done);
        resolve();
      };
      signal.addEventListener('abort', done);
      this.answer.then(done, done);
    });
    signal.throwIfAborted();
  }
}
