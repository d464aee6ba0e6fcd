import { Readable } from 'node:stream';
import type { ActionRun, AppRun } from '../contracts/soar.js';
import { meaningOf } from '../model/error-codes.js';
import { isMarked } from '../model/submission-tag.js';
import type { CallOptions } from '../soar/caller.js';
import type { SoarClient } from '../soar/client.js';
import { isNoList, isOfOne } from '../soar/lasting.js';
import type { Patience } from '../soar/lasting.js';
import { isOtherRun, requireOurs, saysGone } from '../soar/our-run.js';
import { eachActionResult, readAllPages } from '../soar/paging.js';
import type { ActionResultRead, ResultsMoved } from '../soar/paging.js';
import { queriesById } from '../soar/query.js';
import type { SoarError } from '../soar/soar-error.js';

/** A run whose results are read. */
export interface RunToRead {
  /** `null` if SOAR never had the action: there is nothing to read then. */
  readonly actionRunId: number | null;
  readonly appRunIds: readonly number[];
  /** What its name has in it; `null` for an earlier run's results, which nothing but their parameters tells apart. */
  readonly mark: string | null;
}

/** What was read of a run. */
export interface RunResults {
  /** The results of each app_run, in SOAR's order. */
  readonly appRuns: readonly (readonly ActionResultRead[])[];
  /** Why some of them cannot be had, and whether they are there at all. */
  readonly problem?: { readonly status: 'unread' | 'gone'; readonly message: string };
  /** True if SOAR has another run under the number of this one. */
  readonly isReplaced?: true;
}

/** Reads the results of action_runs. */
export interface ResultsReader {
  /**
   * In the order of the runs.
   *
   * @param listed app_runs that SOAR has just listed with their results
   */
  read(runs: readonly RunToRead[], listed?: readonly AppRun[]): Promise<RunResults[]>;
}

const AT_A_TIME = 8;
const APP_RUNS_A_PAGE = 100;

type Failed = SoarError | ResultsMoved;
/** The results of an app_run, or why they cannot be had. */
type OfAppRun = readonly ActionResultRead[] | Failed;

/**
 * Makes a reader that fetches the results of many small app_runs in one call, and pages through those of a large one. A number is
 * not taken for the thing: what was read counts only if SOAR says that the app_run is the run's, and the run's name that it is ours.
 *
 * @param patience how it waits for what may pass, anew for each call of `read`
 */
export function createResultsReader(soar: SoarClient, patience: () => Patience, call: CallOptions = {}): ResultsReader {
  const memory = { isBulkRefused: false };
  return { read: (runs, listed = []) => new Reading(soar, patience(), call, memory).read(runs, listed) };
}

/** Why a run, or one of its app_runs, is not ours any more; undefined if all are. What has been read of them counts only then. */
export async function whyNotOurs(
  soar: SoarClient,
  run: RunToRead,
  patience: Patience,
  call: CallOptions,
): Promise<RunResults['problem']> {
  const [known] = await new Reading(soar, patience, call, { isBulkRefused: false }).check([run]);
  return known?.problem;
}

class Reading {
  readonly #results = new Map<number, OfAppRun>();
  /** By the app_run: the action_run that SOAR says it is of. */
  readonly #runOf = new Map<number, number>();

  constructor(
    private readonly soar: SoarClient,
    private readonly patience: Patience,
    private readonly call: CallOptions,
    private readonly memory: { isBulkRefused: boolean },
  ) {}

  async read(runs: readonly RunToRead[], listed: readonly AppRun[]): Promise<RunResults[]> {
    const all = [...new Set(runs.flatMap(({ appRunIds }) => appRunIds))];
    this.#take(listed, new Set(all));
    const ids = all.filter((id) => !this.#results.has(id));
    if (ids.length > 1) await this.#readMany(ids);
    await this.#readEach(ids.filter((id) => !this.#results.has(id)));
    return this.check(runs);
  }

  /** What was read counts only if SOAR says afterwards that the app_runs are the run's, and the run's name that it is ours. */
  async check(runs: readonly RunToRead[]): Promise<RunResults[]> {
    await this.#learnRuns(runs);
    const strangers = await this.#strangers(runs);
    return runs.map((run) => this.#resultsOf(run, strangers));
  }

  /** Keeps what was asked for: a SOAR that ignores the filter sends other app_runs, or too few. */
  async #readMany(ids: readonly number[]): Promise<void> {
    const wanted = new Set(ids);
    for (const query of queriesById(ids)) {
      if (this.memory.isBulkRefused) return;
      const page = await this.#list(() => this.soar.listAppRuns({ ...query, includeExpensive: true }, this.call));
      // An answer that cannot be read says something of these app_runs, and nothing of the call.
      if (page instanceof Error) this.memory.isBulkRefused = meaningOf(page.code).unreadable !== true;
      else this.#take(page.data, wanted);
    }
  }

  #take(rows: readonly AppRun[], wanted: ReadonlySet<number>): void {
    for (const { id, action_run, result_data } of rows.filter((row) => wanted.has(row.id))) {
      if (typeof action_run === 'number') this.#runOf.set(id, action_run);
      if (result_data)
        this.#results.set(
          id,
          result_data.map((result) => ({ result })),
        );
    }
  }

  /** A list of many, or why each has to be asked for by itself. */
  #list<T>(read: () => Promise<T>): Promise<T | SoarError> {
    return this.patience.call(() =>
      read().catch((error: unknown) => {
        if (isNoList(error)) return error;
        throw error;
      }),
    );
  }

  /** One by one, again until what cannot be read has lasted; then what can be read of it. */
  async #readEach(ids: readonly number[]): Promise<void> {
    for (let left = ids, tolerant = false; left.length > 0;) {
      await inParallel(left, async (id) => void this.#results.set(id, await this.#readOne(id, tolerant)));
      const errors = left.map((id) => this.#results.get(id)).filter((read) => read instanceof Error);
      left = left.filter((id) => this.#results.get(id) instanceof Error);
      const [first] = errors;
      if (!first || tolerant) return;
      tolerant = !(await this.patience.mayPass(first));
    }
  }

  async #readOne(appRunId: number, tolerant: boolean): Promise<OfAppRun> {
    return ofOne(() =>
      this.patience.call(async () => {
        const results: ActionResultRead[] = [];
        for await (const read of eachActionResult(this.soar, appRunId, { ...this.call, tolerant })) results.push(read);
        return results;
      }),
    );
  }

  /** Of app_runs that were read by themselves: the run's own list says whether it has them. */
  async #learnRuns(runs: readonly RunToRead[]): Promise<void> {
    const unsure = runs.filter(
      ({ appRunIds, mark }) =>
        mark !== null && appRunIds.some((id) => !this.#runOf.has(id) && !(this.#results.get(id) instanceof Error)),
    );
    await inParallel(unsure, async ({ actionRunId, appRunIds }) => {
      if (actionRunId === null) return;
      const page = (of: { page: number; pageSize: number }) =>
        this.soar.listActionRunAppRuns(actionRunId, of, this.call);
      const listed = await this.#settled(() =>
        readAllPages(page, { pageSize: APP_RUNS_A_PAGE, key: ({ id }) => String(id) }),
      );
      if (listed instanceof Error) for (const id of appRunIds) this.#results.set(id, listed);
      // A list that names other runs than the one it is asked for is that of a SOAR that cannot tell.
      else for (const row of listed.rows) this.#runOf.set(row.id, row.action_run ?? actionRunId);
    });
  }

  /** Runs that SOAR does not have any more, or that nobody can look at, and why. */
  async #strangers(runs: readonly RunToRead[]): Promise<ReadonlyMap<number, Failed>> {
    const marks = new Map(
      runs.flatMap(({ actionRunId, mark, appRunIds }) =>
        actionRunId === null || mark === null || appRunIds.length === 0 ? [] : [[actionRunId, mark] as const],
      ),
    );
    const seen = await this.#lookAtMany([...marks.keys()]);
    const strangers = new Map<number, Failed>();
    const unsure = [...marks].filter(([id, mark]) => !seen.has(id) || !isMarked(seen.get(id)?.name, mark));
    await inParallel(unsure, async ([id, mark]) => {
      const run = await this.#settled(async () => requireOurs(await this.soar.getActionRun(id, this.call), mark));
      if (run instanceof Error) strangers.set(id, run);
    });
    return strangers;
  }

  async #lookAtMany(ids: readonly number[]): Promise<ReadonlyMap<number, ActionRun>> {
    const found = new Map<number, ActionRun>();
    for (const query of ids.length > 1 ? queriesById(ids) : []) {
      const page = await this.#list(() => this.soar.listActionRuns(query, this.call));
      if (page instanceof Error) return found;
      for (const run of page.data) found.set(run.id, run);
    }
    return found;
  }

  /** Again until the error has lasted. */
  async #settled<T>(read: () => Promise<T>): Promise<T | Failed> {
    for (;;) {
      const result = await ofOne(() => this.patience.call(read));
      if (!(result instanceof Error) || !(await this.patience.mayPass(result))) return result;
    }
  }

  #resultsOf({ actionRunId, appRunIds, mark }: RunToRead, strangers: ReadonlyMap<number, Failed>): RunResults {
    const stranger = strangers.get(actionRunId ?? -1);
    if (stranger)
      return { appRuns: [], problem: problemOf(stranger), ...(isOtherRun(stranger) ? { isReplaced: true } : {}) };
    const reads = appRunIds.map((id) => this.#results.get(id) ?? []);
    const error = reads.find((read) => read instanceof Error);
    const isLost = (id: number, at: number): boolean =>
      mark !== null && !(reads[at] instanceof Error) && this.#runOf.get(id) !== actionRunId;
    const lost = appRunIds.filter(isLost);
    const message = `The results are gone: app_run ${lost.join(', ')} is not of action_run ${String(actionRunId)} any more.`;
    const gone = lost.length > 0 ? ({ status: 'gone', message } as const) : undefined;
    const problem = error ? problemOf(error) : gone;
    const appRuns = reads.map((read, at) => (read instanceof Error || isLost(appRunIds[at] ?? -1, at) ? [] : read));
    return { appRuns, ...(problem ? { problem } : {}) };
  }
}

function problemOf(error: Failed): NonNullable<RunResults['problem']> {
  return saysGone(error)
    ? { status: 'gone', message: `The results are gone: ${error.message}` }
    : { status: 'unread', message: `The results cannot be read: ${error.message}` };
}

/** An error that says something of one resource alone, as a value. */
async function ofOne<T>(read: () => Promise<T>): Promise<T | Failed> {
  try {
    return await read();
  } catch (error) {
    if (!isOfOne(error)) throw error;
    return error;
  }
}

async function inParallel<T>(values: readonly T[], work: (value: T) => Promise<void>): Promise<void> {
  await Readable.from(values).forEach(work, { concurrency: AT_A_TIME });
}
