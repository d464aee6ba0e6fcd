import { Readable } from 'node:stream';
import { ApplicationFailure } from '@temporalio/common';
import type { ResultsOmitted } from '../contracts/run-action.js';
import type { ActionResult, AppRun } from '../contracts/soar.js';
import { meaningOf } from '../model/http-status-errors.js';
import { jsonBytes } from '../model/json.js';
import { decideOutcome, isRunning } from '../model/run-state.js';
import type { ApprovalNotice } from '../model/run-state.js';
import { summaryOfRun } from '../model/pack-outcome.js';
import type { RunSummary } from '../model/pack-outcome.js';
import { cut, cutToBytes } from '../model/text.js';
import { DENIED_RESULTS_AFTER_MS, INCOMPLETE_AFTER_MS } from '../model/timeouts-and-intervals.js';
import type { CallOptions } from '../soar/caller.js';
import type { SoarClient } from '../soar/client.js';
import { SoarError } from '../soar/soar-error.js';
import { eachActionResult, readAllPages, ResultsMoved } from '../soar/paging.js';
import type { ActionResultRead } from '../soar/paging.js';
import { isNoFilter } from '../soar/run-status-loader.js';
import { incomplete, requireSameSoar } from './failures.js';
import type { KnownRun } from './failures.js';
import { listApprovals } from './find.js';
import { sinceScheduledMs, withHeartbeat } from './heartbeat.js';
import type { EndedRun } from './wait/await-action-runs.js';

/** The app_runs of a run that has ended. */
export interface FetchedAppRuns {
  readonly appRuns: readonly AppRun[];
  /** app_runs beyond what a payload holds. */
  readonly omitted: number;
  /** Why some are missing; `null` where none is. */
  readonly unread: string | null;
}

const PAGE_SIZE = 100;
const MAX_APP_RUNS = 500;
/** Messages share this: an app_run's message repeats that of every parameter set. */
const MESSAGES_BYTES = 384 * 1024;
const MAX_MESSAGE_BYTES = 8_192;
const MAX_ROW_BYTES = 1_024;
const MAX_TEXT = 200;

/** Fetches all pages of a run's app_runs, each small enough for a workflow's history. Results come separately. */
export function fetchAppRuns(soar: SoarClient, { actionRunId, origin }: KnownRun): Promise<FetchedAppRuns> {
  return withHeartbeat(async ({ signal }) => {
    try {
      requireSameSoar(soar, origin);
      const { rows, complete } = await readAppRuns(soar, actionRunId, { signal });
      const unread = complete ? null : unlessLater(incomplete(`app_runs of action_run ${actionRunId}`));
      const kept = rows.slice(0, MAX_APP_RUNS);
      const messageBytes = Math.min(MAX_MESSAGE_BYTES, Math.floor(MESSAGES_BYTES / Math.max(kept.length, 1)));
      const appRuns = kept.map((row) => shorten(row, messageBytes));
      return { appRuns, omitted: rows.length - kept.length, unread };
    } catch (error) {
      return { appRuns: [], omitted: 0, unread: unlessLater(error) };
    }
  });
}

function readAppRuns(soar: SoarClient, actionRunId: number, call: CallOptions) {
  const page = (query: { page: number; pageSize: number }) => soar.listActionRunAppRuns(actionRunId, query, call);
  return readAllPages(page, { pageSize: PAGE_SIZE, key: ({ id }) => String(id) });
}

/**
 * What lasts is said in place of the answer: a list that keeps moving, an answer that cannot be read, and SOAR's own word that
 * it does not show it. @throws everything that may pass, for Temporal to try again
 */
function unlessLater(error: unknown): string {
  if (error instanceof Error && sinceScheduledMs() >= lastsAfterMs(error)) return error.message;
  throw error instanceof ResultsMoved ? incomplete('results') : error;
}

/** For how long an error must have been seen until it is not waited out any more. */
function lastsAfterMs(error: Error): number {
  if (error instanceof ResultsMoved || error instanceof ApplicationFailure) return INCOMPLETE_AFTER_MS;
  if (!(error instanceof SoarError)) return Infinity;
  const { oneResource, denied } = meaningOf(error.code);
  if (oneResource) return INCOMPLETE_AFTER_MS;
  return denied && error.soarMessage !== undefined ? DENIED_RESULTS_AFTER_MS : Infinity;
}

/** Rows carry no results unless asked; a SOAR that sends them all the same must not fill the history. */
function shorten({ result_data, extra_data, ...row }: AppRun, messageBytes: number): AppRun {
  const message = row.message.length <= messageBytes / 4 ? row.message : cutToBytes(row.message, messageBytes);
  if (jsonBytes({ ...row, message: '' }) <= MAX_ROW_BYTES) return { ...row, message };
  const { id, action_run, app, asset } = row;
  const [status, action, app_name] = [row.status, row.action, row.app_name].map((text) => text?.slice(0, MAX_TEXT));
  return { id, status: status ?? '', message, action, action_run, app, app_name, asset };
}

/** The results of one app_run: all of them inline, or a word on where they are. */
export interface FetchedResults {
  readonly inlineBytes: number;
  /** How many there are. */
  readonly count: number;
  readonly outcome: { readonly results: readonly ActionResult[] } | { readonly resultsOmitted: ResultsOmitted };
  /** Why some are missing; `null` where none is. */
  readonly unread: string | null;
}

/** Which results, and how many bytes of them may come back. */
export interface FetchResultsInput {
  readonly appRunId: number;
  readonly budgetBytes: number;
  readonly origin: string | null;
}

const MAX_FAILURES = 1_000;
const MAX_FAILURE_MESSAGE = 300;

/** Fetches all pages of an app_run's action results. */
export function fetchActionResults(soar: SoarClient, input: FetchResultsInput): Promise<FetchedResults> {
  return withHeartbeat(({ signal }) => readActionResults(soar, input, { signal }));
}

/** Reads all of an app_run's action results; one that cannot be read counts as failed, and the others are read. */
async function readActionResults(
  soar: SoarClient,
  { appRunId, budgetBytes, origin }: FetchResultsInput,
  call: CallOptions,
): Promise<FetchedResults> {
  const taken = new TakenResults(budgetBytes);
  const tolerant = sinceScheduledMs() >= INCOMPLETE_AFTER_MS;
  try {
    requireSameSoar(soar, origin);
    for await (const read of eachActionResult(soar, appRunId, { ...call, tolerant })) taken.take(read);
    return taken.fetched(null);
  } catch (error) {
    return taken.fetched(unlessLater(error));
  }
}

/** Keeps results while they fit the budget; once one does not, only the account of them. */
class TakenResults {
  #count = 0;
  #succeeded = 0;
  #bytes = 0;
  #results: ActionResult[] | undefined = [];
  readonly #failures: { index: number; status: string; message: string }[] = [];
  #unread: string | null = null;

  constructor(readonly budgetBytes: number) {}

  take(read: ActionResultRead): void {
    if ('unread' in read) this.#leave(read.unread);
    else this.#keep(read.result);
  }

  #leave(reason: string): void {
    this.#account({ status: 'unread', message: reason }, this.#count++);
    this.#unread ??= reason;
    this.#results = undefined;
  }

  #keep(result: ActionResult): void {
    this.#account(result, this.#count++);
    if (!this.#results) return;
    this.#bytes += jsonBytes(result) + 1;
    if (this.#bytes > this.budgetBytes) this.#results = undefined;
    else this.#results.push(result);
  }

  fetched(unread: string | null): FetchedResults {
    const rest = { count: this.#count, unread: unread ?? this.#unread };
    if (this.#results) return { inlineBytes: this.#bytes, outcome: { results: this.#results }, ...rest };
    const resultsOmitted = { count: this.#count, succeeded: this.#succeeded, failures: this.#failures };
    return { inlineBytes: 0, outcome: { resultsOmitted }, ...rest };
  }

  #account({ status, message }: Pick<ActionResult, 'status' | 'message'>, index: number): void {
    if (status === 'success') this.#succeeded += 1;
    else if (this.#failures.length < MAX_FAILURES) {
      this.#failures.push({ index, status: cut(status, 100), message: cut(message, MAX_FAILURE_MESSAGE) });
    }
  }
}

/** The runs of a group that have ended. */
export interface SummariesInput {
  readonly runs: readonly (Omit<EndedRun, 'actionRun'> & { readonly parameters: number })[];
  /** Why the workflow stopped them, where it did. */
  readonly stopped: 'cancel' | 'timeout' | null;
  readonly origin: string | null;
}

const AT_ONCE = 10;

/**
 * What became of each run and of its items, in the order given: one list of app_runs for all of them. The results stay in
 * SOAR; only those of runs with several parameter sets are looked through for the ones that failed.
 */
export function fetchRunSummaries(soar: SoarClient, { runs, stopped, origin }: SummariesInput): Promise<RunSummary[]> {
  return withHeartbeat(async ({ signal }) => {
    requireSameSoar(soar, origin);
    const known = runs.filter(({ statusClass }) => statusClass !== 'missing').map(({ actionRunId }) => actionRunId);
    const appRuns = await listAppRunsOfGroup(soar, known, { signal });
    const summarize = (run: SummariesInput['runs'][number]): Promise<RunSummary> =>
      summaryOf(soar, run, appRuns.get(run.actionRunId) ?? [], stopped, { signal });
    return inOrder(runs, summarize);
  });
}

/** Some at a time, and the answers in the order of the rows. */
async function inOrder<T, R>(rows: readonly T[], work: (row: T) => Promise<R>): Promise<R[]> {
  const answers: R[] = [];
  for await (const answer of Readable.from(rows).map(work, { concurrency: AT_ONCE })) answers.push(answer as R);
  return answers;
}

async function summaryOf(
  soar: SoarClient,
  run: SummariesInput['runs'][number],
  rows: readonly AppRun[],
  stopped: SummariesInput['stopped'],
  call: CallOptions,
): Promise<RunSummary> {
  const { actionRunId, message, statusClass } = run;
  const approvals = await approvalsOf(soar, run, rows, call);
  const outcome = decideOutcome({ statusClass, stopped: stopped ?? undefined, approvals });
  // A node that lags behind shows the run's end before its app_runs.
  const lags = outcome === 'success' && (rows.length === 0 || rows.some(({ status }) => isRunning(status)));
  if (lags) unlessLater(incomplete(`app_runs of action_run ${actionRunId}`));
  const appRuns = await Promise.all(rows.map((row) => withResults(soar, row, run.parameters, call)));
  return summaryOfRun({ outcome, message, actionRunId, actionRun: statusClass === 'missing' ? null : run, appRuns });
}

/** A run that failed without an app_run may have been denied, or its approval may have expired. */
async function approvalsOf(
  soar: SoarClient,
  { statusClass, actionRunId }: Pick<EndedRun, 'statusClass' | 'actionRunId'>,
  rows: readonly AppRun[],
  call: CallOptions,
): Promise<ApprovalNotice[]> {
  if (statusClass !== 'failed' || rows.length > 0) return [];
  try {
    return await listApprovals(soar, actionRunId, call);
  } catch (error) {
    unlessLater(error);
    return [];
  }
}

type WithResults = Parameters<typeof summaryOfRun>[0]['appRuns'][number];

/** The one parameter set of a run fares as its app_run does. */
async function withResults(soar: SoarClient, row: AppRun, parameters: number, call: CallOptions): Promise<WithResults> {
  if (parameters === 1) {
    const failures = row.status === 'success' ? [] : [{ index: 0 }];
    return { id: row.id, resultsOmitted: { count: 1, failures } };
  }
  const { outcome } = await readActionResults(soar, { appRunId: row.id, budgetBytes: -1, origin: null }, call);
  return { id: row.id, ...('resultsOmitted' in outcome ? { resultsOmitted: outcome.resultsOmitted } : {}) };
}

type AppRunsByRun = ReadonlyMap<number, readonly AppRun[]>;

const GROUP_PAGE_SIZE = 200;

/**
 * The app_runs of many action_runs, asked for together. Where SOAR does not filter like this, and for every run of which
 * the list has nothing, they are asked for one by one.
 */
async function listAppRunsOfGroup(soar: SoarClient, ids: readonly number[], call: CallOptions): Promise<AppRunsByRun> {
  const byRun = new Map<number, AppRun[]>(ids.map((id) => [id, []]));
  for (const row of await listTogether(soar, ids, call)) byRun.get(row.action_run ?? -1)?.push(row);
  for (const [id, rows] of byRun) if (rows.length === 0) byRun.set(id, await listAlone(soar, id, call));
  return byRun;
}

async function listTogether(soar: SoarClient, ids: readonly number[], call: CallOptions): Promise<readonly AppRun[]> {
  if (ids.length < 2) return [];
  const query = { filters: { action_run__in: ids }, sort: 'id', order: 'asc' } as const;
  const page = (of: { page: number; pageSize: number }) => soar.listAppRuns({ ...query, ...of }, call);
  const paging = { pageSize: GROUP_PAGE_SIZE, maxPages: 10, maxPasses: 1 };
  try {
    const { rows, complete } = await readAllPages(page, { ...paging, key: ({ id }) => String(id) });
    const wanted = new Set(ids);
    return complete && rows.every(({ action_run }) => wanted.has(action_run ?? -1)) ? rows : [];
  } catch (error) {
    if (!isNoFilter(error)) throw error;
    return [];
  }
}

async function listAlone(soar: SoarClient, id: number, call: CallOptions): Promise<AppRun[]> {
  try {
    const { rows, complete } = await readAppRuns(soar, id, call);
    if (!complete) unlessLater(incomplete(`app_runs of action_run ${id}`));
    return [...rows];
  } catch (error) {
    unlessLater(error);
    return [];
  }
}
