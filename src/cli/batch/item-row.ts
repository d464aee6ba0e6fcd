import type { BatchItem, BatchRun } from '../../contracts/enrich-batch.js';
import type { ActionResult } from '../../contracts/soar/action-result.js';
import { canonicalJson } from '../../model/canonical-json.js';

/** What became of one item. */
export interface ItemRow {
  readonly status: string;
  readonly message: string;
  /** The scalar fields of the first data entry of its result. */
  readonly fields: Readonly<Record<string, string>>;
  readonly actionRunId: number | null;
}

/**
 * Finds for each item of a run its result: by the parameters that SOAR repeats in it, or by its place where SOAR has
 * changed them. An item without a result carries the run's own message.
 */
export function rowsOfRun(run: BatchRun, items: readonly BatchItem[], results: readonly ActionResult[]): ItemRow[] {
  const byParameters = new Map(results.map((result) => [parametersKey(result), result]));
  return items.map((item, index) => {
    const inPlace = results.length === items.length ? results[index] : undefined;
    const result = byParameters.get(canonicalJson(item)) ?? inPlace;
    return result
      ? rowOfResult(run, result)
      : { status: 'failed', message: run.message, fields: {}, actionRunId: run.actionRunId };
  });
}

function parametersKey({ parameter }: ActionResult): string {
  const { context, ...own } = parameter ?? {};
  return canonicalJson(own);
}

function rowOfResult(run: BatchRun, { status, message, data }: ActionResult): ItemRow {
  const first: unknown = Array.isArray(data) ? data[0] : data;
  return { status, message, fields: scalarFields(first), actionRunId: run.actionRunId };
}

function scalarFields(entry: unknown): Record<string, string> {
  if (typeof entry !== 'object' || entry === null) return {};
  const scalars = Object.entries(entry).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value));
  return Object.fromEntries(scalars.map(([name, value]) => [name, String(value)]));
}
