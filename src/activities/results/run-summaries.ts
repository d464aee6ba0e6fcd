import type { AppRun } from '../../contracts/soar.js';
import type { BatchItem } from '../../model/batch/batch-item.js';
import { NO_RESULTS, summaryOfRun } from '../../model/batch/pack-outcome.js';
import type { ItemsAccount, RunSummary } from '../../model/batch/pack-outcome.js';
import { decideOutcome, isGone, isRunning } from '../../model/run-state.js';
import type { ApprovalNotice } from '../../model/run-state.js';
import { accountOfItems } from '../../rows/item-outcome.js';
import { createResultsReader } from '../../rows/our-results.js';
import type { RunResults } from '../../rows/our-results.js';
import { pairResults } from '../../rows/pairing.js';
import type { CallOptions } from '../../soar/caller.js';
import type { SoarClient } from '../../soar/client.js';
import { isNoList } from '../../soar/lasting.js';
import { requireSameSoar } from '../../soar/our-run.js';
import type { KnownRun } from '../../soar/our-run.js';
import { readAllPages } from '../../soar/paging.js';
import { incomplete } from '../failures.js';
import { listApprovals } from '../find.js';
import { withHeartbeat } from '../heartbeat.js';
import { readAppRuns } from './app-runs.js';
import { temporalPatience, unlessLater } from './patience.js';
import { inOrder } from './read-results.js';
import type { EndedRun } from '../wait/look.js';

/** A run of a group that has ended, and what it was given. */
export type EndedGroupRun = Omit<EndedRun, 'actionRun'> & {
  readonly mark: string;
  readonly parameters: readonly BatchItem[];
};

/** The runs of a group that have ended. */
export interface SummariesInput {
  readonly runs: readonly EndedGroupRun[];
  /** Why the workflow stopped them, if it did. */
  readonly stopped: 'cancel' | 'timeout' | null;
  readonly origin: string | null;
}

/**
 * What became of each run and of its items, in the order given: one list of app_runs with their results for all of them. The results
 * stay in SOAR; what counts is what the rows will say.
 */
export function fetchRunSummaries(soar: SoarClient, { runs, stopped, origin }: SummariesInput): Promise<RunSummary[]> {
  return withHeartbeat(async ({ signal }) => {
    requireSameSoar(soar, origin);
    const known = runs.filter(({ statusClass }) => !isGone(statusClass)).map(({ actionRunId }) => actionRunId);
    const lists = await listAppRunsOfGroup(soar, known, { signal });
    const rowsOf = ({ actionRunId }: EndedGroupRun): readonly AppRun[] => lists.get(actionRunId)?.rows ?? [];
    const ended = runs.filter((run) => rowsOf(run).length > 0);
    const toRead = ended.map((run) => ({ ...run, appRunIds: rowsOf(run).map(({ id }) => id) }));
    const reader = createResultsReader(soar, temporalPatience, { signal });
    const read = await reader.read(toRead, toRead.flatMap(rowsOf));
    const results = new Map(ended.map((run, at) => [run, read[at]]));
    const hasNothing = (run: EndedGroupRun): boolean => run.statusClass === 'failed' && rowsOf(run).length === 0;
    const asked = runs.filter(hasNothing);
    const answers = await inOrder(asked, ({ actionRunId }) => approvalsOf(soar, actionRunId, { signal }));
    const approvals = new Map(asked.map((run, at) => [run, answers[at] ?? []]));
    return runs.map((run) => {
      const outcome = decideOutcome({
        statusClass: run.statusClass,
        stopped: stopped ?? undefined,
        approvals: approvals.get(run) ?? [],
      });
      const { unread } = lists.get(run.actionRunId) ?? {};
      return summaryOf(run, outcome, rowsOf(run), { read: results.get(run), unread });
    });
  });
}

/** The items of a run that a workflow of its own has seen to its end. */
export interface AccountInput extends KnownRun {
  readonly appRunIds: readonly number[];
  readonly parameters: readonly BatchItem[];
}

/** What became of each item of a run: what its rows will say. */
export function fetchItemsAccount(soar: SoarClient, input: AccountInput): Promise<ItemsAccount> {
  return withHeartbeat(async ({ signal }) => {
    requireSameSoar(soar, input.origin);
    const [read] = await createResultsReader(soar, temporalPatience, { signal }).read([input]);
    return read ? accountOf(input.parameters, read) : NO_RESULTS;
  });
}

function accountOf(parameters: readonly BatchItem[], { appRuns, problem }: RunResults): ItemsAccount {
  return accountOfItems(pairResults(parameters, appRuns), problem !== undefined);
}

interface Found {
  readonly read: RunResults | undefined;
  /** Why the list of app_runs cannot be read, if it cannot. */
  readonly unread: string | undefined;
}

/** A node that lags behind shows the run's end before its app_runs, and those before their results: that is waited for. */
function summaryOf(
  run: EndedGroupRun,
  outcome: RunSummary['outcome'],
  rows: readonly AppRun[],
  { read, unread }: Found,
): RunSummary {
  const { actionRunId, message, statusClass, parameters } = run;
  const account = read ? accountOf(parameters, read) : NO_RESULTS;
  const lacks =
    unread === undefined && outcome === 'success' ? whatIsMissing(rows, account, parameters.length) : undefined;
  if (lacks) unlessLater(incomplete(`${lacks} of action_run ${actionRunId}`));
  const actionRun = isGone(statusClass) ? null : {};
  const result = { outcome, message, actionRunId, actionRun, appRuns: rows, incomplete: unread ? [unread] : [] };
  const isReplaced = statusClass === 'replaced' || read?.isReplaced === true;
  return {
    ...summaryOfRun(result, failedAlone(account, parameters, rows)),
    ...(isReplaced ? { isReplaced } : {}),
  };
}

function whatIsMissing(rows: readonly AppRun[], account: ItemsAccount, items: number): string | undefined {
  if (rows.length === 0 || rows.some(({ status }) => isRunning(status))) return 'app_runs';
  return answered(account) < items ? 'results' : undefined;
}

function answered({ succeeded, failed, unread }: ItemsAccount): number {
  return [...succeeded, ...failed, ...unread].reduce((sum, [, count]) => sum + count, 0);
}

/** The only item of a run fails with an app_run that failed without a result. */
function failedAlone(account: ItemsAccount, { length }: readonly BatchItem[], rows: readonly AppRun[]): ItemsAccount {
  const isFailed = length === 1 && answered(account) === 0 && rows.some(({ status }) => status === 'failed');
  return isFailed ? { ...account, failed: [[0, 1]] } : account;
}

/** A run that failed without an app_run may have been denied, or its approval may have expired. */
async function approvalsOf(soar: SoarClient, actionRunId: number, call: CallOptions): Promise<ApprovalNotice[]> {
  try {
    return await listApprovals(soar, actionRunId, call);
  } catch (error) {
    unlessLater(error);
    return [];
  }
}

interface ListedAppRuns {
  readonly rows: readonly AppRun[];
  readonly unread?: string;
}

const GROUP_PAGE_SIZE = 200;

/**
 * The app_runs of many action_runs, asked for together. Where SOAR does not filter like this, and for every run of which
 * the list has nothing, they are asked for one by one.
 */
async function listAppRunsOfGroup(
  soar: SoarClient,
  ids: readonly number[],
  call: CallOptions,
): Promise<ReadonlyMap<number, ListedAppRuns>> {
  const together = new Map<number, AppRun[]>(ids.map((id) => [id, []]));
  for (const row of await listTogether(soar, ids, call)) together.get(row.action_run ?? -1)?.push(row);
  const lists = await inOrder([...together], async ([id, rows]): Promise<[number, ListedAppRuns]> => [
    id,
    rows.length > 0 ? { rows } : await listAlone(soar, id, call),
  ]);
  return new Map(lists);
}

/** With their results, so that those need no call of their own. */
async function listTogether(soar: SoarClient, ids: readonly number[], call: CallOptions): Promise<readonly AppRun[]> {
  if (ids.length < 2) return [];
  const query = { filters: { action_run__in: ids }, sort: 'id', order: 'asc', includeExpensive: true } as const;
  const page = (of: { page: number; pageSize: number }) => soar.listAppRuns({ ...query, ...of }, call);
  const paging = { pageSize: GROUP_PAGE_SIZE, maxPages: 10, maxPasses: 1 };
  try {
    const { rows, complete } = await readAllPages(page, { ...paging, key: ({ id }) => String(id) });
    const wanted = new Set(ids);
    return complete && rows.every(({ action_run }) => wanted.has(action_run ?? -1)) ? rows : [];
  } catch (error) {
    if (!isNoList(error)) throw error;
    return [];
  }
}

async function listAlone(soar: SoarClient, id: number, call: CallOptions): Promise<ListedAppRuns> {
  try {
    const { rows, complete } = await readAppRuns(soar, id, call);
    return complete ? { rows } : { rows, unread: unlessLater(incomplete(`app_runs of action_run ${id}`)) };
  } catch (error) {
    return { rows: [], unread: unlessLater(error) };
  }
}
