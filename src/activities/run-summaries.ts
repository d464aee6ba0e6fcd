import type { AppRun } from '../contracts/soar.js';
import { decideOutcome, isRunning } from '../model/run-state.js';
import type { ApprovalNotice } from '../model/run-state.js';
import { summaryOfRun } from '../model/pack-outcome.js';
import type { RunSummary } from '../model/pack-outcome.js';
import type { CallOptions } from '../soar/caller.js';
import type { SoarClient } from '../soar/client.js';
import { readAllPages } from '../soar/paging.js';
import { isNoFilter } from '../soar/run-status-loader.js';
import { incomplete, requireSameSoar } from './failures.js';
import { listApprovals } from './find.js';
import { withHeartbeat } from './heartbeat.js';
import { countResults, inOrder, readAppRuns, unlessLater } from './results.js';
import type { EndedRun } from './wait/await-action-runs.js';

/** The runs of a group that have ended. */
export interface SummariesInput {
  readonly runs: readonly (Omit<EndedRun, 'actionRun'> & { readonly parameters: number })[];
  /** Why the workflow stopped them, where it did. */
  readonly stopped: 'cancel' | 'timeout' | null;
  readonly origin: string | null;
}

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
  const isShort = appRuns.some(({ resultsOmitted }) => (resultsOmitted?.count ?? Infinity) < run.parameters);
  if (outcome === 'success' && isShort) unlessLater(incomplete(`results of action_run ${actionRunId}`));
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
  const { outcome } = await countResults(soar, row.id, call);
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
