import type { BatchRun } from '../../contracts/enrich-batch.js';
import { SOAR_ERROR_CODES } from '../../model/error-codes.js';
import { eachActionResult, ResultsMoved } from '../../soar/action-results.js';
import type { ActionResultRead } from '../../soar/action-results.js';
import type { SoarClient } from '../../soar/client.js';
import { SoarError } from '../../soar/errors.js';
import { inParallel } from './async.js';
import { withSoarPatience } from './soar-patience.js';

/** The results of an app_run, in SOAR's order. */
export interface AppRunResults {
  readonly results: readonly ActionResultRead[];
  /** Why they cannot be had, where they cannot. */
  readonly problem?: string;
}

/** The results of some app_runs, by their ids. */
export type ResultsByAppRun = ReadonlyMap<number, AppRunResults>;

/** Reads the results of action_runs from SOAR. */
export interface ResultsReader {
  read(runs: readonly BatchRun[]): Promise<ResultsByAppRun>;
}

const APP_RUNS_A_CALL = 100;
const AT_A_TIME = 8;
const MAX_READINGS = 3;

/**
 * Makes a reader that fetches the results of many small app_runs in one call, and pages through those of a large one. A SOAR
 * that refuses the list of many ids is asked for each by itself from then on.
 */
export function createResultsReader(soar: SoarClient): ResultsReader {
  const bulk = { isRefused: false };
  return {
    read: async (runs) => {
      const ids = [...new Set(runs.flatMap(({ appRunIds }) => appRunIds))];
      const results = new Map<number, AppRunResults>();
      for (let first = 0; ids.length > 1 && first < ids.length && !bulk.isRefused; first += APP_RUNS_A_CALL) {
        await readMany(soar, ids.slice(first, first + APP_RUNS_A_CALL), results, bulk);
      }
      const missing = ids.filter((id) => !results.has(id));
      await inParallel(missing, AT_A_TIME, async (id) => {
        results.set(id, await readOne(soar, id));
      });
      return results;
    },
  };
}

/** Takes those that come; a SOAR that does not know the filter sends others, or too few. */
async function readMany(
  soar: SoarClient,
  ids: readonly number[],
  results: Map<number, AppRunResults>,
  bulk: { isRefused: boolean },
): Promise<void> {
  const query = { filters: { id__in: ids }, includeExpensive: true, page: 0, pageSize: ids.length };
  try {
    const { data } = await withSoarPatience(() => soar.listAppRuns(query));
    for (const { id, result_data } of data) {
      if (result_data && ids.includes(id)) results.set(id, { results: result_data.map((result) => ({ result })) });
    }
  } catch (error) {
    if (!(error instanceof SoarError)) throw error;
    // Too large says something about these, not about the call.
    bulk.isRefused = error.code !== SOAR_ERROR_CODES.BODY_TOO_LARGE;
  }
}

async function readOne(soar: SoarClient, appRunId: number): Promise<AppRunResults> {
  for (let reading = 1; ; reading += 1) {
    try {
      return { results: await withSoarPatience(() => toArray(eachActionResult(soar, appRunId))) };
    } catch (error) {
      if (error instanceof ResultsMoved && reading < MAX_READINGS) continue;
      if (isAboutThisOne(error)) return { results: [], problem: `The result cannot be read: ${error.message}` };
      throw error;
    }
  }
}

/** Other app_runs may be read all the same. */
const ABOUT_ONE: ReadonlySet<string> = new Set([
  SOAR_ERROR_CODES.NOT_FOUND,
  SOAR_ERROR_CODES.BAD_REQUEST,
  SOAR_ERROR_CODES.FAILED,
  SOAR_ERROR_CODES.CONTRACT,
]);

function isAboutThisOne(error: unknown): error is Error {
  return error instanceof ResultsMoved || (error instanceof SoarError && ABOUT_ONE.has(error.code));
}

async function toArray<T>(source: AsyncIterable<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of source) values.push(value);
  return values;
}
