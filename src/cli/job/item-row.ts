import type { BatchItem, BatchRun } from '../../contracts/enrich-batch.js';
import { resultsOfItems } from '../../soar/match-results.js';
import type { ActionResultRead } from '../../soar/paging.js';
import type { AppRunResults } from '../../soar/results-reader.js';

/** The statuses of a row. */
export const ROW_STATUSES = ['success', 'reused', 'failed', 'cancelled', 'invalid', 'skipped'] as const;
export type RowStatus = (typeof ROW_STATUSES)[number];

/** The result of one item. */
export interface ItemRow {
  readonly status: RowStatus;
  readonly message: string;
  /** The scalar fields of the result's first data entry. */
  readonly fields: Readonly<Record<string, string>>;
  /** The action_run that ran the item; `null` if SOAR never had it, or if the result is an earlier run's. */
  readonly actionRunId: number | null;
  /** The earlier action_run that the result was taken from. */
  readonly reusedFrom: number | null;
}

/**
 * The row of each item of a run. An item with results on several assets fails if one of them failed. An item without a result has the
 * run's message.
 *
 * @param items the parameter sets of the run
 * @param appRuns the results of each of its app_runs
 */
export function rowsOfRun(run: BatchRun, items: readonly BatchItem[], appRuns: readonly AppRunResults[]): ItemRow[] {
  const problem = appRuns.find((appRun) => appRun.problem !== undefined)?.problem;
  return resultsOfItems(items, appRuns).map((all) => {
    const read = all.find((each) => 'unread' in each || each.result.status !== 'success') ?? all[0];
    if (read) return rowOfResult(run, read);
    const status = run.outcome === 'cancelled' ? 'cancelled' : 'failed';
    return { status, message: problem ?? run.message, fields: {}, ...origin(run) };
  });
}

function rowOfResult(run: BatchRun, read: ActionResultRead): ItemRow {
  if ('unread' in read) return { status: 'failed', message: read.unread, fields: {}, ...origin(run) };
  const { status, message, data } = read.result;
  const first: unknown = Array.isArray(data) ? data[0] : data;
  const succeeded = run.reused ? 'reused' : 'success';
  return { status: status === 'success' ? succeeded : 'failed', message, fields: scalarFields(first), ...origin(run) };
}

function origin({ actionRunId, reused }: BatchRun): Pick<ItemRow, 'actionRunId' | 'reusedFrom'> {
  return reused ? { actionRunId: null, reusedFrom: actionRunId } : { actionRunId, reusedFrom: null };
}

function scalarFields(entry: unknown): Record<string, string> {
  if (typeof entry !== 'object' || entry === null) return {};
  const scalars = Object.entries(entry).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value));
  return Object.fromEntries(scalars.map(([name, value]) => [name, String(value)]));
}

/** Worst first: a row of several items has the status of the worst. */
const BY_HARM: readonly RowStatus[] = ['failed', 'cancelled', 'invalid', 'skipped', 'success', 'reused'];

/** The one row of several items: what they have in common once, what differs one behind the other. */
export function mergedRow(rows: readonly ItemRow[], names: readonly string[]): ItemRow | undefined {
  const [first] = rows;
  if (!first || rows.length === 1) return first;
  const ids = (key: 'actionRunId' | 'reusedFrom'): number | null =>
    rows.find((row) => row[key] !== null)?.[key] ?? null;
  return {
    status: BY_HARM.find((status) => rows.some((row) => row.status === status)) ?? first.status,
    message: rows.map(({ message }, index) => `${names[index] ?? ''}: ${message}`).join('; '),
    fields: mergedFields(rows),
    actionRunId: ids('actionRunId'),
    reusedFrom: ids('reusedFrom'),
  };
}

function mergedFields(rows: readonly ItemRow[]): Record<string, string> {
  const fields = new Map<string, Set<string>>();
  for (const [name, value] of rows.flatMap((row) => Object.entries(row.fields)))
    fields.set(name, (fields.get(name) ?? new Set()).add(value));
  return Object.fromEntries([...fields].map(([name, values]) => [name, [...values].join('; ')]));
}
