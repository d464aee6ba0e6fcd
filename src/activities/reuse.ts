import { parseRunActionRequest } from '../contracts/run-action.js';
import type { RunActionGroupInput } from '../contracts/run-action-group.js';
import type { AppRun } from '../contracts/soar.js';
import { canonicalJson } from '../model/json.js';
import { toRanges } from '../model/batch/ranges.js';
import type { Ranges } from '../model/batch/ranges.js';
import { isSuccess } from '../model/run-state.js';
import { requestOf } from '../model/batch/batch-item.js';
import type { CallOptions } from '../soar/caller.js';
import type { SoarClient } from '../soar/client.js';
import { eachActionResult, ResultsMoved } from '../soar/paging.js';
import { queriesById } from '../soar/query.js';
import { isDeniedForGood } from './find.js';
import { withHeartbeat } from './heartbeat.js';

/** The runs of a group, and how old a result may be. */
export interface ReuseInput extends Pick<RunActionGroupInput, 'request' | 'runs'> {
  readonly withinSecs: number;
}

/** Parameter sets of one run of the group that an earlier action_run has results for. */
export interface Reusable {
  /** The run's place in the group. */
  readonly index: number;
  /** The parameter sets, by their places in the run. */
  readonly items: Ranges;
  readonly actionRunId: number;
  /** One for each asset. */
  readonly appRunIds: readonly number[];
}

/** Of actions on assets that a worker remembers results of: callers name the actions. */
const MAX_SOURCES = 50;

/**
 * Finds what need not be run again: parameter sets that the same action had, on the same assets, with success and lately
 * enough. A worker remembers what it has read of SOAR's results.
 */
export function createFindReusable(soar: SoarClient): (input: ReuseInput) => Promise<Reusable[]> {
  const assets = new AssetNumbers(soar);
  const sources = new Map<string, EarlierResults>();
  const indexOf = (source: ResultSource): EarlierResults => {
    const key = JSON.stringify(source);
    const known = sources.get(key) ?? createEarlierResults(soar, source);
    sources.delete(key);
    sources.set(key, known);
    const [oldest] = sources.keys();
    if (sources.size > MAX_SOURCES && oldest !== undefined) sources.delete(oldest);
    return known;
  };
  const find = async ({ request, runs, withinSecs }: ReuseInput, { signal }: CallOptions): Promise<Reusable[]> => {
    // By SOAR's own clock, which says when a run ended.
    const sinceMs = soar.nowMs() - withinSecs * 1_000;
    const found: Found[] = [];
    for (const [index, run] of runs.entries()) {
      const parsed = parseRunActionRequest(requestOf(request, run.target, run.parameters));
      if (!parsed.ok) continue;
      const [target] = parsed.request.targets;
      const assetIds = await assets.numbersOf(target?.assets ?? [], { signal });
      const all = assetIds.map((assetId) => indexOf({ action: request.action, appId: target?.app_id ?? '', assetId }));
      for (const results of all) await results.refresh(sinceMs, { signal });
      found.push(...reusableOf(index, run.parameters, (parameters) => all.map((of) => of.find(parameters, sinceMs))));
    }
    return confirmed(soar, found, { signal });
  };
  return (input) => withHeartbeat(({ signal }) => find(input, { signal }).catch(nothingWhereDenied));
}

/** A SOAR that does not tell its assets or results keeps nobody from running the action. */
function nothingWhereDenied(error: unknown): Reusable[] {
  if (isDeniedForGood(error)) return [];
  throw error;
}

/** What may be reused, and the results that it stands on. */
interface Found {
  readonly reusable: Reusable;
  readonly results: readonly EarlierResult[];
}

/** A SOAR that comes back from a backup has other app_runs under the numbers that this worker remembers: each is looked at again. */
async function confirmed(soar: SoarClient, found: readonly Found[], call: CallOptions): Promise<Reusable[]> {
  const ids = [...new Set(found.flatMap(({ results }) => results.map(({ appRunId }) => appRunId)))];
  const seen = new Map<number, AppRun>();
  for (const query of queriesById(ids)) {
    const { data } = await soar.listAppRuns(query, call);
    for (const row of data) seen.set(row.id, row);
  }
  const isThere = ({ appRunId, actionRunId, endedAtMs }: EarlierResult): boolean => {
    const row = seen.get(appRunId);
    return row?.action_run === actionRunId && Date.parse(row.end_time ?? '') === endedAtMs;
  };
  return found.filter(({ results }) => results.every(isThere)).map(({ reusable }) => reusable);
}

/** Only what every asset has a result for, together by the runs that have them. */
function reusableOf(
  index: number,
  parameters: readonly object[],
  find: (parameters: object) => readonly (EarlierResult | undefined)[],
): Found[] {
  const byRun = new Map<string, { places: number[]; results: readonly EarlierResult[] }>();
  for (const [place, set] of parameters.entries()) {
    const perAsset = find(set);
    const results = perAsset.filter((result) => result !== undefined);
    if (results.length === 0 || results.length < perAsset.length) continue;
    const key = results.map(({ appRunId }) => appRunId).join();
    const known = byRun.get(key) ?? { places: [], results };
    known.places.push(place);
    byRun.set(key, known);
  }
  return [...byRun.values()].map(({ places, results }) => ({
    reusable: {
      index,
      items: toRanges(places),
      actionRunId: results[0]?.actionRunId ?? 0,
      appRunIds: results.map(({ appRunId }) => appRunId),
    },
    results,
  }));
}

/** The numbers of assets that a request names. One that SOAR does not list gives none, and nothing is reused. */
class AssetNumbers {
  #byName: Promise<ReadonlyMap<string, number>> | undefined;

  constructor(readonly soar: SoarClient) {}

  async numbersOf(assets: readonly (string | number)[], call: CallOptions): Promise<number[]> {
    const isNamed = assets.some((asset) => typeof asset === 'string');
    const byName = isNamed ? await this.#names(call) : new Map<string, number>();
    const numbers = assets.map((asset) => (typeof asset === 'number' ? asset : byName.get(asset.toLowerCase())));
    const known = numbers.filter((number) => number !== undefined);
    return known.length === assets.length ? known : [];
  }

  #names(call: CallOptions): Promise<ReadonlyMap<string, number>> {
    this.#byName ??= this.soar.getBuildAction(call).then(
      ({ assets }) => new Map(assets.map(({ id, name }) => [name.toLowerCase(), id])),
      (error: unknown) => {
        this.#byName = undefined;
        throw error;
      },
    );
    return this.#byName;
  }
}

/** What was run where; results of one source can stand for those of another run of the same. */
interface ResultSource {
  readonly action: string;
  readonly appId: string | number;
  /** Number of the asset. */
  readonly assetId: number;
}

/** A result that is there already. */
interface EarlierResult {
  readonly actionRunId: number;
  readonly appRunId: number;
  readonly endedAtMs: number;
}

/** The successful results SOAR has of a source, by their parameter sets. */
interface EarlierResults {
  /** Looks through what is new in SOAR since the last time, back to `sinceMs`; not more often than every half minute. */
  refresh(sinceMs: number, call: CallOptions): Promise<void>;
  /** The newest result of this parameter set that is not older than `sinceMs`. */
  find(parameters: object, sinceMs: number): EarlierResult | undefined;
}

const REFRESH_EVERY_MS = 30_000;
const PAGE_SIZE = 100;
/** How far SOAR's own clocks may differ. What has ended later than now is by a clock or a zone that nobody can reckon with. */
const CLOCK_TOLERANCE_MS = 60_000;
/** Bounds of one look: a busy SOAR has more than a worker can remember. */
const MAX_APP_RUNS = 500;
const MAX_RESULTS = 50_000;

/** Makes an index of one source. Results are read once each; what it keeps of one is about 200 bytes. */
function createEarlierResults(soar: SoarClient, source: ResultSource): EarlierResults {
  const newest = new Map<string, EarlierResult>();
  let lastAppRunId = 0;
  let oldestMs = Infinity;
  let refreshed: { readonly atMs: number; readonly done: Promise<void> } | undefined;

  const note = async (appRun: AppRun, call: CallOptions): Promise<void> => {
    const endedAtMs = Date.parse(appRun.end_time ?? '');
    if (
      !(endedAtMs <= soar.nowMs() + CLOCK_TOLERANCE_MS) ||
      appRun.action_run === null ||
      appRun.action_run === undefined
    )
      return;
    const result = { actionRunId: appRun.action_run, appRunId: appRun.id, endedAtMs };
    for await (const parameters of eachSuccess(soar, appRun.id, call)) newest.set(canonicalJson(parameters), result);
  };

  const look = async (sinceMs: number, call: CallOptions): Promise<void> => {
    // A longer time than ever before: what was passed over then counts now.
    if (sinceMs < oldestMs) lastAppRunId = 0;
    oldestMs = Math.min(oldestMs, sinceMs);
    const rows = await listAppRuns(soar, source, { lastAppRunId, sinceMs }, call);
    // Oldest first, so that of two results the newer one stays.
    for (const row of [...rows].reverse()) await note(row, call);
    lastAppRunId = Math.max(lastAppRunId, ...rows.map(({ id }) => id));
    for (const key of newest.keys()) if (newest.size > MAX_RESULTS) newest.delete(key);
  };

  return {
    refresh: (sinceMs, call) => {
      const isFresh =
        refreshed && Date.now() - refreshed.atMs < REFRESH_EVERY_MS && sinceMs >= oldestMs - REFRESH_EVERY_MS;
      if (!refreshed || !isFresh) refreshed = { atMs: Date.now(), done: look(sinceMs, call) };
      const { done } = refreshed;
      done.catch(() => (refreshed = undefined));
      return done;
    },
    find: (parameters, sinceMs) => {
      const found = newest.get(canonicalJson(parameters));
      return found && found.endedAtMs >= sinceMs ? found : undefined;
    },
  };
}

/** The parameter sets of an app_run that succeeded. */
async function* eachSuccess(soar: SoarClient, appRunId: number, call: CallOptions): AsyncGenerator<object> {
  try {
    for await (const read of eachActionResult(soar, appRunId, call)) {
      if (!('result' in read) || !isSuccess(read.result.status)) continue;
      const { context, ...own } = read.result.parameter ?? {};
      yield own;
    }
  } catch (error) {
    // Each result that came stands by itself; one that is missing is run again.
    if (!(error instanceof ResultsMoved)) throw error;
  }
}

/** The source's app_runs that have ended, newest first. */
async function listAppRuns(
  soar: SoarClient,
  source: ResultSource,
  { lastAppRunId, sinceMs }: { readonly lastAppRunId: number; readonly sinceMs: number },
  call: CallOptions,
): Promise<AppRun[]> {
  const since = new Date(sinceMs).toISOString();
  const { action, assetId: asset } = source;
  const filters = { action, asset, id__gt: lastAppRunId, end_time__gte: since };
  const rows: AppRun[] = [];
  for (let page = 0; rows.length < MAX_APP_RUNS; page++) {
    const query = { filters, sort: 'id', order: 'desc', page, pageSize: PAGE_SIZE } as const;
    const { data, num_pages } = await soar.listAppRuns(query, call);
    rows.push(...data.filter((row) => isOf(row, source) && Date.parse(row.end_time ?? '') >= sinceMs));
    if (page + 1 >= num_pages) break;
  }
  return rows.slice(0, MAX_APP_RUNS);
}

/** SOAR ignores parameters it does not know, so what the row itself says counts. It knows an app by its number alone. */
function isOf(row: AppRun, { action, appId, assetId }: ResultSource): boolean {
  const isApp = !isNumber(appId) || row.app === Number(appId);
  return row.action === action && isApp && row.asset === assetId;
}

function isNumber(id: string | number): boolean {
  return typeof id === 'number' || /^\d+$/.test(id);
}
