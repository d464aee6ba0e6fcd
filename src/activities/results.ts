import { Readable } from 'node:stream';
import { ApplicationFailure } from '@temporalio/common';
import type { ResultsOmitted } from '../contracts/run-action.js';
import type { ActionResult, AppRun } from '../contracts/soar.js';
import { jsonBytes, withinBudget } from '../model/json.js';
import { isSuccess } from '../model/run-state.js';
import { cut, cutToBytes } from '../model/text.js';
import { INCOMPLETE_AFTER_MS } from '../model/timeouts-and-intervals.js';
import type { CallOptions } from '../soar/caller.js';
import type { SoarClient } from '../soar/client.js';
import { SoarError } from '../soar/soar-error.js';
import { lastsAfterMs } from '../soar/lasting.js';
import type { Patience } from '../soar/lasting.js';
import { getOurRun, requireSameSoar, saysGone } from '../soar/our-run.js';
import type { KnownRun } from '../soar/our-run.js';
import { eachActionResult, readAllPages, ResultsMoved } from '../soar/paging.js';
import type { ActionResultRead } from '../soar/paging.js';
import { queriesById } from '../soar/query.js';
import { incomplete } from './failures.js';
import { sinceScheduledMs, withHeartbeat } from './heartbeat.js';

/** Limits on what comes back are in model/options.ts and below; the rows of a batch are made in rows/. */

/** The app_runs of a run that has ended. */
export interface FetchedAppRuns {
  readonly appRuns: readonly AppRun[];
  /** app_runs beyond what a payload holds. */
  readonly omitted: number;
  /** Why some are missing; `null` if none is. */
  readonly unread: string | null;
  /** Of each app_run, in their order; `null` if they are many, and {@link fetchManyResults} has to fetch them. */
  readonly results: readonly FetchedResults[] | null;
}

/** Which run, and how many bytes of its results may come back. */
export interface FetchAppRunsInput extends KnownRun {
  readonly budgetBytes: number;
}

const PAGE_SIZE = 100;
const MAX_APP_RUNS = 500;
/** Up to so many app_runs come with their results. */
const FEW_APP_RUNS = 10;
/** Messages share this: an app_run's message repeats that of every parameter set. */
const MESSAGES_BYTES = 384 * 1024;
const MAX_MESSAGE_BYTES = 8_192;
const MAX_ROW_BYTES = 1_024;
const MAX_TEXT = 200;

/** Fetches all pages of a run's app_runs, each small enough for a workflow's history, and the results of up to ten. */
export function fetchAppRuns(soar: SoarClient, input: FetchAppRunsInput): Promise<FetchedAppRuns> {
  return withHeartbeat(async ({ signal }) => {
    const fetched = await readRun(soar, input, { signal });
    const stranger = await whyNotOurs(soar, input, { signal });
    return stranger === null ? fetched : { appRuns: [], omitted: 0, unread: stranger, results: [] };
  });
}

/** {@link fetchAppRuns} inside another activity, which has just seen that the run is ours. */
export async function readRun(soar: SoarClient, input: FetchAppRunsInput, call: CallOptions): Promise<FetchedAppRuns> {
  const listed = await listShortened(soar, input, call);
  const ids = listed.appRuns.map(({ id }) => id);
  const results = ids.length <= FEW_APP_RUNS ? await readEach(soar, ids, input, call) : null;
  return { ...listed, results };
}

/** Looked at last: what was read counts only if the run is still ours. `null` if it is. */
async function whyNotOurs(soar: SoarClient, run: KnownRun, call: CallOptions): Promise<string | null> {
  try {
    await getOurRun(soar, run, call);
    return null;
  } catch (error) {
    if (!saysGone(error)) throw error;
    return unlessLater(error);
  }
}

async function listShortened(
  soar: SoarClient,
  { actionRunId, origin }: KnownRun,
  call: CallOptions,
): Promise<Omit<FetchedAppRuns, 'results'>> {
  try {
    requireSameSoar(soar, origin);
    const { rows, complete } = await readAppRuns(soar, actionRunId, call);
    const unread = complete ? null : unlessLater(incomplete(`app_runs of action_run ${actionRunId}`));
    const kept = rows.slice(0, MAX_APP_RUNS);
    const messageBytes = Math.min(MAX_MESSAGE_BYTES, Math.floor(MESSAGES_BYTES / Math.max(kept.length, 1)));
    const appRuns = kept.map((row) => shorten(row, messageBytes));
    return { appRuns, omitted: rows.length - kept.length, unread };
  } catch (error) {
    return { appRuns: [], omitted: 0, unread: unlessLater(error) };
  }
}

export function readAppRuns(
  soar: SoarClient,
  actionRunId: number,
  call: CallOptions,
): Promise<{ rows: readonly AppRun[]; complete: boolean }> {
  const page = (query: { page: number; pageSize: number }) => soar.listActionRunAppRuns(actionRunId, query, call);
  return readAllPages(page, { pageSize: PAGE_SIZE, key: ({ id }) => String(id) });
}

/**
 * What lasts is said in place of the answer: a list that keeps moving, an answer that cannot be read, and SOAR's own word that
 * it does not show it. @throws everything that may pass, for Temporal to try again
 */
export function unlessLater(error: unknown): string {
  const lastsMs = error instanceof ApplicationFailure ? INCOMPLETE_AFTER_MS : lastsAfterMs(error);
  if (error instanceof Error && sinceScheduledMs() >= lastsMs) return error.message;
  throw error instanceof ResultsMoved ? incomplete('results') : error;
}

/** The patience of an activity: Temporal tries it again. */
export function temporalPatience(): Patience {
  return {
    call: (read) => read(),
    mayPass: (error) =>
      Promise.resolve(error)
        .then(unlessLater)
        .then(() => false),
  };
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
  /** Why some are missing; `null` if none is. */
  readonly unread: string | null;
}

/** Of which app_runs of a run, and how many bytes of all their results may come back. */
export interface FetchManyInput extends KnownRun {
  readonly appRunIds: readonly number[];
  readonly budgetBytes: number;
  /** Ask for each by itself: what a list of them shows was not enough. */
  readonly singly: boolean;
}

/**
 * Fetches the results of many app_runs with the list of them, in one call. What SOAR does not hand out like this is read one by
 * one, ten at a time.
 */
export function fetchManyResults(soar: SoarClient, input: FetchManyInput): Promise<FetchedResults[]> {
  return withHeartbeat(async ({ signal }) => {
    const { appRunIds, singly } = input;
    requireSameSoar(soar, input.origin);
    const listed = singly ? NONE_LISTED : await listResults(soar, input, { signal });
    const fetched = await readEach(soar, appRunIds, input, { signal }, listed);
    const stranger = await whyNotOurs(soar, input, { signal });
    if (stranger === null) return fetched;
    return appRunIds.map(() => ({ inlineBytes: 0, count: 0, outcome: { results: [] }, unread: stranger }));
  });
}

const NONE_LISTED: ReadonlyMap<number, readonly ActionResult[]> = new Map();

/** Keeps what is the run's: a SOAR that ignores the filter sends other app_runs. Refused or unreadable, each is read by itself. */
async function listResults(
  soar: SoarClient,
  { actionRunId, appRunIds }: FetchManyInput,
  call: CallOptions,
): Promise<ReadonlyMap<number, readonly ActionResult[]>> {
  const listed = new Map<number, readonly ActionResult[]>();
  try {
    for (const query of queriesById(appRunIds)) {
      const { data } = await soar.listAppRuns({ ...query, includeExpensive: true }, call);
      for (const { id, action_run, result_data } of data)
        if (result_data && appRunIds.includes(id) && (action_run ?? actionRunId) === actionRunId)
          listed.set(id, result_data);
    }
    return listed;
  } catch (error) {
    if (!(error instanceof SoarError)) throw error;
    return NONE_LISTED;
  }
}

type Limits = Pick<FetchManyInput, 'budgetBytes' | 'origin'>;

/** The results of each, ten at a time; what is there takes from the budget in the order of the app_runs. */
function readEach(
  soar: SoarClient,
  appRunIds: readonly number[],
  { budgetBytes, origin }: Limits,
  call: CallOptions,
  listed = NONE_LISTED,
): Promise<FetchedResults[]> {
  const messageBytes = Math.floor(FAILURE_MESSAGES_BYTES / appRunIds.length);
  return withinBudget(budgetBytes, appRunIds, AT_ONCE, (ids, shareBytes) =>
    inOrder(ids, (appRunId) => {
      const taken = new TakenResults(shareBytes, messageBytes);
      const results = listed.get(appRunId);
      return results ? Promise.resolve(taken.all(results)) : readInto(taken, soar, { appRunId, origin }, call);
    }),
  );
}

/** Reads all of an app_run's action results; one that cannot be read counts as failed, and the others are read. */
async function readInto(
  taken: TakenResults,
  soar: SoarClient,
  { appRunId, origin }: { readonly appRunId: number; readonly origin: string | null },
  call: CallOptions,
): Promise<FetchedResults> {
  const tolerant = sinceScheduledMs() >= INCOMPLETE_AFTER_MS;
  try {
    requireSameSoar(soar, origin);
    for await (const read of eachActionResult(soar, appRunId, { ...call, tolerant })) taken.take(read);
    return taken.fetched(null);
  } catch (error) {
    return taken.fetched(unlessLater(error));
  }
}

const MAX_FAILURES = 1_000;
const MAX_FAILURE_MESSAGE = 300;
/** What the messages of failures may take in a call. Their places are kept beyond it: a batch tells by them which rows failed. */
const FAILURE_MESSAGES_BYTES = 256 * 1024;

/** Keeps results while they fit the budget; once one does not, only the account of them. */
class TakenResults {
  #count = 0;
  #succeeded = 0;
  #bytes = 0;
  #messageBytes = 0;
  #results: ActionResult[] | undefined = [];
  readonly #failures: { index: number; status: string; message: string }[] = [];
  #unread: string | null = null;

  constructor(
    readonly budgetBytes: number,
    readonly maxMessageBytes: number,
  ) {}

  all(results: readonly ActionResult[]): FetchedResults {
    for (const result of results) this.take({ result });
    return this.fetched(null);
  }

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
    if (isSuccess(status)) {
      this.#succeeded += 1;
      return;
    }
    if (this.#failures.length >= MAX_FAILURES) return;
    const failure = { index, status: cut(status, 20), message: cut(message, MAX_FAILURE_MESSAGE) };
    this.#messageBytes += jsonBytes(failure);
    const fits = this.#messageBytes <= this.maxMessageBytes;
    this.#failures.push(fits ? failure : { ...failure, message: '' });
  }
}

const AT_ONCE = 10;

/** Some at a time, and the answers in the order of the rows. */
export async function inOrder<T, R>(rows: readonly T[], work: (row: T) => Promise<R>): Promise<R[]> {
  const answers: R[] = [];
  for await (const answer of Readable.from(rows).map(work, { concurrency: AT_ONCE })) answers.push(answer as R);
  return answers;
}
