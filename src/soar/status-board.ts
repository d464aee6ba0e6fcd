import type { ActionRun } from '../contracts/soar/action-run.js';
import type { SoarErrorCode } from '../model/error-codes.js';
import { SOAR_ERROR_CODES } from '../model/error-codes.js';
import type { SoarClient } from './client.js';
import { SoarError } from './errors.js';
import { PendingAnswer } from './pending-answer.js';

/** Settings of a {@link StatusBoard}; times in milliseconds. */
export interface StatusBoardOptions {
  /** Ids are collected for so long after SOAR was asked last: who asks a board at rest need not wait. Default: 250. */
  readonly tickMs?: number;
  /** Most ids in one request. Default: 100. */
  readonly maxIds?: number;
  /** How long to ask one by one after SOAR turned out not to filter by ids. Default: 300,000. */
  readonly refusalMemoryMs?: number;
  /** A clock that only goes forward. Default: `performance.now`. */
  readonly now?: () => number;
}

/** Answers what `GET /rest/action_run/<id>` would, but asks SOAR once for everybody who asks at about the same time. */
export interface StatusBoard {
  /**
   * Rejects as the client's `getActionRun` does; an aborted signal takes only its own caller away. The client's deadline
   * holds, counted from the end of the tick.
   */
  getActionRun(id: number, call?: { readonly signal?: AbortSignal | undefined }): Promise<ActionRun>;
}

/** What the board needs of a client. */
export type StatusSource = Pick<SoarClient, 'getActionRun' | 'listActionRuns'>;

const DEFAULTS = { tickMs: 250, maxIds: 100, refusalMemoryMs: 300_000, now: () => performance.now() };

/**
 * Answers to the filtered list that say nothing about SOAR's health: the same ids one by one may well be answered.
 * `_filter_id__in` is documented but unproven on this resource; a 500 is how a filter that is not understood can look.
 */
const FILTER_TROUBLE: ReadonlySet<SoarErrorCode> = new Set([
  SOAR_ERROR_CODES.BAD_REQUEST,
  SOAR_ERROR_CODES.FORBIDDEN,
  SOAR_ERROR_CODES.NOT_FOUND,
  SOAR_ERROR_CODES.METHOD_NOT_ALLOWED,
  SOAR_ERROR_CODES.SERVER_ERROR,
  SOAR_ERROR_CODES.FAILED,
  SOAR_ERROR_CODES.CONTRACT,
  SOAR_ERROR_CODES.BODY_TOO_LARGE,
]);

/** True where a filtered list got an answer that says nothing but that SOAR does not filter like this. */
export function isNoFilter(error: unknown): boolean {
  return error instanceof SoarError && FILTER_TROUBLE.has(error.code);
}

/** Makes a {@link StatusBoard}. Holds a timer only while somebody waits. */
export function createStatusBoard(source: StatusSource, options: StatusBoardOptions = {}): StatusBoard {
  const board = new Board(source, { ...DEFAULTS, ...options });
  return { getActionRun: (id, call) => board.ask(id, call?.signal) };
}

class Board {
  /** The answers that are promised for the end of this tick. */
  private asked = new Map<number, PendingAnswer<ActionRun>>();
  private lastTickMs = -Infinity;
  private oneByOneUntilMs = -Infinity;

  constructor(
    private readonly source: StatusSource,
    private readonly options: Required<StatusBoardOptions>,
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
