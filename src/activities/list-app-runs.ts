import type { AppRun } from '../contracts/soar/app-run.js';
import type { CallOptions } from '../soar/caller.js';
import type { SoarClient } from '../soar/client.js';
import { readAllPages } from '../soar/paging.js';
import { isNoFilter } from '../soar/status-board.js';
import { incomplete } from './incomplete.js';

type AppRunsByRun = ReadonlyMap<number, readonly AppRun[]>;

const PAGE_SIZE = 200;
const key = ({ id }: AppRun): string => String(id);

/**
 * The app_runs of many action_runs, asked for together. Where SOAR does not filter like this, and for every run of which
 * the list has nothing, they are asked for one by one.
 */
export async function listAppRunsOfGroup(
  soar: SoarClient,
  actionRunIds: readonly number[],
  call: CallOptions,
): Promise<AppRunsByRun> {
  const byRun = new Map<number, AppRun[]>(actionRunIds.map((id) => [id, []]));
  for (const row of await listTogether(soar, actionRunIds, call)) byRun.get(row.action_run ?? -1)?.push(row);
  for (const [id, rows] of byRun) if (rows.length === 0) byRun.set(id, await listAlone(soar, id, call));
  return byRun;
}

async function listTogether(soar: SoarClient, ids: readonly number[], call: CallOptions): Promise<readonly AppRun[]> {
  if (ids.length < 2) return [];
  const query = { filters: { action_run__in: ids }, sort: 'id', order: 'asc' } as const;
  const page = (of: { page: number; pageSize: number }) => soar.listAppRuns({ ...query, ...of }, call);
  try {
    const { rows, complete } = await readAllPages(page, { pageSize: PAGE_SIZE, key, maxPages: 10, maxPasses: 1 });
    const wanted = new Set(ids);
    return complete && rows.every(({ action_run }) => wanted.has(action_run ?? -1)) ? rows : [];
  } catch (error) {
    if (!isNoFilter(error)) throw error;
    return [];
  }
}

async function listAlone(soar: SoarClient, id: number, call: CallOptions): Promise<AppRun[]> {
  const page = (of: { page: number; pageSize: number }) => soar.listActionRunAppRuns(id, of, call);
  const { rows, complete } = await readAllPages(page, { pageSize: PAGE_SIZE, key });
  if (!complete) throw incomplete(`app_runs of action_run ${id}`);
  return [...rows];
}
