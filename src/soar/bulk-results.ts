import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { BatchRun } from '../contracts/enrich-batch.js';
import type { ActionResult } from '../contracts/soar.js';
import { SOAR_ERROR_CODES } from '../model/http-status-errors.js';
import { canonicalJson } from '../model/json.js';
import type { CallOptions } from './caller.js';
import type { SoarClient } from './client.js';
import { SoarError } from './soar-error.js';
import { eachActionResult, ResultsMoved } from './paging.js';
import type { ActionResultRead } from './paging.js';

/** The results of an app_run, in SOAR's order. */
export interface AppRunResults {
  readonly results: readonly ActionResultRead[];
  /** Why they cannot be read, if they cannot. */
  readonly problem?: string;
}

/** Reads the results of action_runs from SOAR. */
export interface ResultsReader {
  /** The results of all app_runs of these runs, by the app_run's id. */
  read(runs: readonly Pick<BatchRun, 'appRunIds'>[]): Promise<ReadonlyMap<number, AppRunResults>>;
}

const APP_RUNS_A_CALL = 100;
const AT_A_TIME = 8;

/** How results are read. */
export interface ResultsReaderOptions {
  readonly call?: CallOptions;
  /** Repeats a call after errors that pass. Default: for ten minutes. */
  readonly retry?: <T>(call: () => Promise<T>) => Promise<T>;
}

/** What the reading of one list needs. */
interface Reading extends Required<ResultsReaderOptions> {
  readonly soar: SoarClient;
  /** True once SOAR has refused the list of many ids. */
  isBulkRefused: boolean;
}

/**
 * Makes a reader that fetches the results of many small app_runs in one call, and pages through those of a large one. If SOAR
 * refuses the list of many ids once, each app_run is read by itself from then on.
 */
export function createResultsReader(
  soar: SoarClient,
  { call = {}, retry = withRetries }: ResultsReaderOptions = {},
): ResultsReader {
  const reading: Reading = { soar, call, retry, isBulkRefused: false };
  return {
    read: async (runs) => {
      const ids = [...new Set(runs.flatMap(({ appRunIds }) => appRunIds))];
      const results = new Map<number, AppRunResults>();
      for (let first = 0; ids.length > 1 && first < ids.length && !reading.isBulkRefused; first += APP_RUNS_A_CALL) {
        await readMany(reading, ids.slice(first, first + APP_RUNS_A_CALL), results);
      }
      const missing = ids.filter((id) => !results.has(id));
      const readMissing = async (id: number): Promise<void> => void results.set(id, await readOne(reading, id));
      await Readable.from(missing).forEach(readMissing, { concurrency: AT_A_TIME });
      return results;
    },
  };
}

/**
 * The results of app_runs by their ids, with one list of them. Keeps what was asked for: a SOAR that ignores the filter sends other
 * app_runs, or too few.
 */
export async function listResults(
  soar: SoarClient,
  ids: readonly number[],
  call: CallOptions,
): Promise<ReadonlyMap<number, readonly ActionResult[]>> {
  const query = { filters: { id__in: ids }, includeExpensive: true, page: 0, pageSize: ids.length };
  const { data } = await soar.listAppRuns(query, call);
  const wanted = new Set(ids);
  return new Map(
    data.flatMap(({ id, result_data }) => (result_data && wanted.has(id) ? [[id, result_data] as const] : [])),
  );
}

async function readMany(reading: Reading, ids: readonly number[], results: Map<number, AppRunResults>): Promise<void> {
  const { soar, call, retry } = reading;
  try {
    const listed = await retry(() => listResults(soar, ids, call));
    for (const [id, ofOne] of listed) results.set(id, { results: ofOne.map((result) => ({ result })) });
  } catch (error) {
    if (!(error instanceof SoarError)) throw error;
    // An answer that is too large says something of these app_runs, and nothing of the call.
    reading.isBulkRefused = error.code !== SOAR_ERROR_CODES.BODY_TOO_LARGE;
  }
}

const MAX_READINGS = 3;

async function readOne({ soar, call, retry }: Reading, appRunId: number): Promise<AppRunResults> {
  for (let reading = 1; ; reading += 1) {
    try {
      return await retry(async () => {
        const results: ActionResultRead[] = [];
        for await (const result of eachActionResult(soar, appRunId, call)) results.push(result);
        return { results };
      });
    } catch (error) {
      if (error instanceof ResultsMoved && reading < MAX_READINGS) continue;
      if (!concernsOneAppRun(error)) throw error;
      return { results: [], problem: `The result cannot be read: ${error.message}` };
    }
  }
}

/** After these errors other app_runs may still be readable. */
const ONE_APP_RUN: ReadonlySet<string> = new Set([
  SOAR_ERROR_CODES.NOT_FOUND,
  SOAR_ERROR_CODES.BAD_REQUEST,
  SOAR_ERROR_CODES.FAILED,
  SOAR_ERROR_CODES.CONTRACT,
]);

function concernsOneAppRun(error: unknown): error is Error {
  return error instanceof ResultsMoved || (error instanceof SoarError && ONE_APP_RUN.has(error.code));
}

/** SOAR cannot be reached, or asks to wait: the same call may succeed later. */
const TRANSIENT: ReadonlySet<string> = new Set([
  SOAR_ERROR_CODES.CONNECTION,
  SOAR_ERROR_CODES.CONNECTION_LOST,
  SOAR_ERROR_CODES.TIMEOUT,
  SOAR_ERROR_CODES.TRY_AGAIN,
  SOAR_ERROR_CODES.RATE_LIMITED,
  SOAR_ERROR_CODES.SERVER_ERROR,
  SOAR_ERROR_CODES.UNAVAILABLE,
  SOAR_ERROR_CODES.BODY_UNREADABLE,
]);
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
const RETRY_FOR_MS = 10 * 60_000;

/** Retries a reading call after transient errors, for ten minutes. @throws the error of the last try */
async function withRetries<T>(call: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + RETRY_FOR_MS;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await call();
    } catch (error) {
      const isTransient = error instanceof SoarError && TRANSIENT.has(error.code);
      if (!isTransient || Date.now() > deadline) throw error;
      await delay(Math.max(pauseMs, Math.min(error.retryAfterMs ?? 0, RETRY_FOR_MS)));
    }
  }
}

/**
 * For each item of a run its results, on every asset. A result belongs to the item whose parameters it repeats, or to the item
 * at its index if SOAR changed the parameters.
 *
 * @param items the parameter sets of the run
 * @param appRuns the results of each of its app_runs
 */
export function resultsOfItems(
  items: readonly Readonly<Record<string, unknown>>[],
  appRuns: readonly AppRunResults[],
): ActionResultRead[][] {
  const byParameters = groupByParameters(appRuns.flatMap(({ results }) => results));
  const keys = items.map((item) => canonicalJson(item));
  const ofItems = new Set(keys);
  return keys.map((key, index) => {
    const inPlace = appRuns.flatMap(({ results }) => (results.length === items.length ? (results[index] ?? []) : []));
    const named = byParameters.get(key) ?? inPlace.filter((read) => !ofItems.has(parametersKey(read)));
    return [...named, ...inPlace.filter((read) => 'unread' in read)];
  });
}

function groupByParameters(results: readonly ActionResultRead[]): Map<string, ActionResultRead[]> {
  const groups = new Map<string, ActionResultRead[]>();
  for (const read of results) {
    const key = parametersKey(read);
    const group = groups.get(key);
    if (group) group.push(read);
    else groups.set(key, [read]);
  }
  return groups;
}

function parametersKey(read: ActionResultRead): string {
  if ('unread' in read) return '';
  const { context, ...own } = read.result.parameter ?? {};
  return canonicalJson(own);
}
