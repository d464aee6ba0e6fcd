import type { ActionRun } from '../contracts/soar.js';
import type { SoarClient } from './client.js';
import { classifyActionRun, isTerminal } from '../model/run-state.js';
import { isNoList } from './lasting.js';
import type { ListQuery } from './query.js';

/** Settings of a {@link RunStatusLoader}; times in milliseconds. */
export interface RunStatusLoaderOptions {
  /** Ids are collected for so long after SOAR was asked last: who asks a loader at rest need not wait. Default: 20. */
  readonly tickMs?: number;
  /** The same while many runs are in flight: more ids fit into one request. Default: 250. */
  readonly crowdTickMs?: number;
  /** Requests that may go at once, before they are held to 2 a second and one more for each hundred runs in flight. Default: 5. */
  readonly requestsAtOnce?: number;
  /** Most ids in one request. Default: 100. */
  readonly maxIds?: number;
  /** How long to do without the filter after SOAR turned out not to filter by ids. Default: 300,000. */
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

const DEFAULTS = {
  tickMs: 20,
  crowdTickMs: 250,
  requestsAtOnce: 5,
  maxIds: 100,
  refusalMemoryMs: 300_000,
  now: () => performance.now(),
};

/** So many runs in flight are a crowd. A run counts until it has ended, or until nobody has asked for it for so long. */
const CROWD = { runs: 10, forgottenAfterMs: 10_000 } as const;

/** Requests a second: over time, and for each run in flight. A new run adds some for its first looks, which come early. */
const REQUESTS = { perSecond: 2, perSecondAndRun: 0.01, forNewRun: 4 } as const;

/** A SOAR that does not filter: pages of the newest runs serve most, and the others are asked for one by one, so many a tick. */
const WITHOUT_FILTER = { crowdTickMs: 1_000, pageSize: 200, pagesPerTick: 5, singlesPerTick: 20 } as const;

/** Makes a {@link RunStatusLoader}. Holds a timer only while somebody waits. */
export function createRunStatusLoader(source: StatusSource, options: RunStatusLoaderOptions = {}): RunStatusLoader {
  const loader = new Loader(source, { ...DEFAULTS, ...options });
  return { getActionRun: (id, call) => loader.ask(id, call?.signal) };
}

class Loader {
  /** The answers that are promised for the next tick. */
  private asked = new Map<number, PendingAnswer<ActionRun>>();
  /** When each run in flight was asked for last. */
  private readonly inFlight = new Map<number, number>();
  private lastTickMs = -Infinity;
  /** Requests that may go now; below 0 after a tick that needed many. */
  private allowance: number;
  private noFilterUntilMs = -Infinity;

  constructor(
    private readonly source: StatusSource,
    private readonly options: Required<RunStatusLoaderOptions>,
  ) {
    this.allowance = options.requestsAtOnce;
  }

  ask(id: number, signal?: AbortSignal): Promise<ActionRun> {
    if (!this.inFlight.has(id)) this.allow(REQUESTS.forNewRun);
    this.inFlight.set(id, this.options.now());
    this.schedule();
    const pending = this.asked.get(id) ?? new PendingAnswer<ActionRun>();
    this.asked.set(id, pending);
    return pending.join(signal);
  }

  private schedule(): void {
    if (this.asked.size === 0) setTimeout(this.tick, this.untilTickMs());
  }

  /** Before who has asked since: nobody waits for ever. */
  private putBack(later: readonly (readonly [number, PendingAnswer<ActionRun>])[]): void {
    if (later.length === 0) return;
    this.schedule();
    const newer = this.asked;
    this.asked = new Map(later);
    for (const [id, pending] of newer) {
      const older = this.asked.get(id);
      if (older) older.join().then(pending.resolve, pending.reject);
      else this.asked.set(id, pending);
    }
  }

  private allow(requests: number): void {
    this.allowance = Math.min(this.allowance + requests, this.options.requestsAtOnce);
  }

  private get isCrowd(): boolean {
    return this.inFlight.size >= CROWD.runs;
  }

  private get canFilter(): boolean {
    return this.options.now() >= this.noFilterUntilMs;
  }

  private get requestsPerSecond(): number {
    return this.canFilter
      ? REQUESTS.perSecond + this.inFlight.size * REQUESTS.perSecondAndRun
      : WITHOUT_FILTER.pagesPerTick + WITHOUT_FILTER.singlesPerTick;
  }

  private untilTickMs(): number {
    const crowdTickMs = this.canFilter ? this.options.crowdTickMs : WITHOUT_FILTER.crowdTickMs;
    const sinceMs = this.options.now() - this.lastTickMs;
    const spacingMs = this.isCrowd ? crowdTickMs : this.options.tickMs;
    const owedMs = ((1 - this.allowance) * 1_000) / this.requestsPerSecond;
    return Math.max(spacingMs - sinceMs, owedMs - sinceMs, 0);
  }

  private readonly tick = (): void => {
    const nowMs = this.options.now();
    const earned = ((nowMs - this.lastTickMs) * this.requestsPerSecond) / 1_000;
    this.allow(earned);
    this.lastTickMs = nowMs;
    for (const [id, askedMs] of this.inFlight) if (nowMs - askedMs > CROWD.forgottenAfterMs) this.inFlight.delete(id);
    const due = [...this.asked].filter(([, pending]) => pending.isWanted);
    this.asked = new Map();
    if (this.canFilter)
      for (let at = 0; at < due.length; at += this.options.maxIds)
        void this.answer(new Map(due.slice(at, at + this.options.maxIds)));
    else void this.answerWithoutFilter(new Map(due));
  };

  private async answer(due: ReadonlyMap<number, PendingAnswer<ActionRun>>): Promise<void> {
    if (due.size === 1) {
      await this.answerOneByOne(due);
      return;
    }
    const query = { filters: { id__in: [...due.keys()] }, pageSize: due.size };
    const rows = await this.listRows(query, due);
    if (rows === undefined) return;
    const leftOut = this.resolveAll(due, rows);
    if (!this.canFilter) {
      await this.answerWithoutFilter(leftOut);
      return;
    }
    const wasThere = await this.answerOneByOne(leftOut);
    if (wasThere || rows.some(({ id }) => !due.has(id))) this.rememberRefusal();
  }

  /** Who is neither among the newest nor among the first of the others waits for the next tick. */
  private async answerWithoutFilter(due: ReadonlyMap<number, PendingAnswer<ActionRun>>): Promise<void> {
    const rest = due.size < CROWD.runs ? due : await this.answerFromNewest(due);
    this.putBack([...rest].slice(WITHOUT_FILTER.singlesPerTick));
    await this.answerOneByOne(new Map([...rest].slice(0, WITHOUT_FILTER.singlesPerTick)));
  }

  /** @returns those that are not among the newest */
  private async answerFromNewest(
    due: ReadonlyMap<number, PendingAnswer<ActionRun>>,
  ): Promise<ReadonlyMap<number, PendingAnswer<ActionRun>>> {
    const { pageSize, pagesPerTick } = WITHOUT_FILTER;
    let rest = due;
    for (let page = 0; page < pagesPerTick && rest.size > 0; page += 1) {
      const rows = await this.listRows({ sort: 'id', order: 'desc', page, pageSize }, rest);
      const left = this.resolveAll(rest, rows ?? []);
      // A page that has none of them, or is not full: the others are older, or not there.
      if (left.size === rest.size || (rows ?? []).length < pageSize) return left;
      rest = left;
    }
    return rest;
  }

  /** @returns those that no row answers */
  private resolveAll(
    due: ReadonlyMap<number, PendingAnswer<ActionRun>>,
    rows: readonly ActionRun[],
  ): ReadonlyMap<number, PendingAnswer<ActionRun>> {
    for (const row of rows) this.resolve(row, due.get(row.id));
    return new Map([...due].filter(([, pending]) => !pending.isSettled));
  }

  private resolve(run: ActionRun, pending: PendingAnswer<ActionRun> | undefined): void {
    if (isTerminal(classifyActionRun(run))) this.inFlight.delete(run.id);
    pending?.resolve(run);
  }

  /** No rows if the list itself is refused; undefined if SOAR cannot answer anything now, which everybody is told. */
  private async listRows(
    query: ListQuery,
    due: ReadonlyMap<number, PendingAnswer<ActionRun>>,
  ): Promise<readonly ActionRun[] | undefined> {
    this.allowance -= 1;
    try {
      return (await this.source.listActionRuns(query)).data;
    } catch (error) {
      // `_filter_id__in` is documented but unproven on this resource, and a 500 is how a filter that is not understood can look.
      if (isNoList(error)) {
        this.rememberRefusal();
        return [];
      }
      for (const pending of due.values()) pending.reject(error);
      return undefined;
    }
  }

  /** True if SOAR knew one of them after all. */
  private async answerOneByOne(due: ReadonlyMap<number, PendingAnswer<ActionRun>>): Promise<boolean> {
    this.allowance -= due.size;
    const outcomes = [...due].map(async ([id, pending]) => {
      try {
        this.resolve(await this.source.getActionRun(id), pending);
        return true;
      } catch (error) {
        pending.reject(error);
        return false;
      }
    });
    return (await Promise.all(outcomes)).includes(true);
  }

  private rememberRefusal(): void {
    this.noFilterUntilMs = this.options.now() + this.options.refusalMemoryMs;
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

  readonly resolve = (value: T): void => {
    this.settle?.resolve(value);
    this.settle = undefined;
  };

  readonly reject = (error: unknown): void => {
    this.settle?.reject(error);
    this.settle = undefined;
  };

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
