import type { BatchItem, BatchRun } from '../../contracts/enrich-batch.js';
import { canonicalJson } from '../../model/canonical-json.js';
import type { ActionResultRead } from '../../soar/action-results.js';
import type { AppRunResults } from './read-results.js';

/** What can become of a row. */
export const ROW_STATUSES = ['success', 'reused', 'failed', 'cancelled', 'invalid'] as const;
export type RowStatus = (typeof ROW_STATUSES)[number];

/** What became of one item. */
export interface ItemRow {
  readonly status: RowStatus;
  readonly message: string;
  /** The scalar fields of the first data entry of its result. */
  readonly fields: Readonly<Record<string, string>>;
  /** The action_run that SOAR ran for it; `null` where SOAR never had it, and where the result is an earlier run's. */
  readonly actionRunId: number | null;
  /** The earlier action_run that the result was taken from. */
  readonly reusedFrom: number | null;
}

/**
 * Finds for each item of a run its result: by the parameters that SOAR repeats in it, or by its place where SOAR has
 * changed them. An item with a result on several assets fails where one of them failed; an item without any carries the
 * run's own message.
 *
 * @param items the parameter sets of the run
 * @param appRuns the results of each of its app_runs
 */
export function rowsOfRun(run: BatchRun, items: readonly BatchItem[], appRuns: readonly AppRunResults[]): ItemRow[] {
  const problem = appRuns.find((appRun) => appRun.problem !== undefined)?.problem;
  const byParameters = groupByParameters(appRuns.flatMap(({ results }) => results));
  const keys = items.map((item) => canonicalJson(item));
  const ofItems = new Set(keys);
  return keys.map((key, index) => {
    const inPlace = appRuns.flatMap(({ results }) => (results.length === items.length ? (results[index] ?? []) : []));
    const named = byParameters.get(key) ?? inPlace.filter((read) => !ofItems.has(parametersKey(read)));
    const all = [...named, ...inPlace.filter((read) => 'unread' in read)];
    const read = all.find(hasFailed) ?? all[0];
    return read ? rowOfResult(run, read) : rowWithoutResult(run, problem);
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

function hasFailed(read: ActionResultRead): boolean {
  return 'unread' in read || read.result.status !== 'success';
}

function rowOfResult(run: BatchRun, read: ActionResultRead): ItemRow {
  if ('unread' in read) return { status: 'failed', message: read.unread, fields: {}, ...origin(run) };
  const { status, message, data } = read.result;
  const first: unknown = Array.isArray(data) ? data[0] : data;
  const fields = scalarFields(first);
  return { status: status === 'success' ? succeeded(run) : 'failed', message, fields, ...origin(run) };
}

function succeeded({ reused }: BatchRun): RowStatus {
  return reused ? 'reused' : 'success';
}

function rowWithoutResult(run: BatchRun, problem: string | undefined): ItemRow {
  const status = run.outcome === 'cancelled' ? 'cancelled' : 'failed';
  return { status, message: problem ?? run.message, fields: {}, ...origin(run) };
}

function origin({ actionRunId, reused }: BatchRun): Pick<ItemRow, 'actionRunId' | 'reusedFrom'> {
  return reused ? { actionRunId: null, reusedFrom: actionRunId } : { actionRunId, reusedFrom: null };
}

function scalarFields(entry: unknown): Record<string, string> {
  if (typeof entry !== 'object' || entry === null) return {};
  const scalars = Object.entries(entry).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value));
  return Object.fromEntries(scalars.map(([name, value]) => [name, String(value)]));
}
