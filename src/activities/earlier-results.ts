import type { AppRun } from '../contracts/soar/app-run.js';
import { canonicalJson } from '../model/canonical-json.js';
import { eachActionResult, ResultsMoved } from '../soar/action-results.js';
import type { CallOptions } from '../soar/caller.js';
import type { SoarClient } from '../soar/client.js';

/** What was run where; results of one source can stand for those of another run of the same. */
export interface ResultSource {
  readonly action: string;
  readonly appId: string | number;
  /** Number of the asset. */
  readonly assetId: number;
}

/** A result that is there already. */
export interface EarlierResult {
  readonly actionRunId: number;
  readonly appRunId: number;
  readonly endedAtMs: number;
}

/** The successful results SOAR has of a source, by their parameter sets. */
export interface EarlierResults {
  /** Looks through what is new in SOAR since the last time, back to `sinceMs`; not more often than every half minute. */
  refresh(sinceMs: number, call: CallOptions): Promise<void>;
  /** The newest result of this parameter set that is not older than `sinceMs`. */
  find(parameters: object, sinceMs: number): EarlierResult | undefined;
}

const REFRESH_EVERY_MS = 30_000;
const PAGE_SIZE = 100;
/** Bounds of one look: a busy SOAR has more than a worker can remember. */
const MAX_APP_RUNS = 500;
const MAX_RESULTS = 50_000;

/** Makes an index of one source. Results are read once each; what it keeps of one is about 200 bytes. */
export function createEarlierResults(soar: SoarClient, source: ResultSource): EarlierResults {
  const newest = new Map<string, EarlierResult>();
  let lastAppRunId = 0;
  let oldestMs = Infinity;
  let refreshed: { readonly atMs: number; readonly done: Promise<void> } | undefined;

  const note = async (appRun: AppRun, call: CallOptions): Promise<void> => {
    const endedAtMs = Date.parse(appRun.end_time ?? '');
    if (Number.isNaN(endedAtMs) || appRun.action_run === null || appRun.action_run === undefined) return;
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
      if (!('result' in read) || read.result.status !== 'success') continue;
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
