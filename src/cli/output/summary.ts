import type { RowStatus } from '../job/item-row.js';
import type { JobRows, OutputRow } from './rows.js';
import { ValueCounts } from './value-counts.js';

/** What the results of a job come to. */
export interface Summary {
  readonly rows: number;
  readonly byStatus: Readonly<Record<RowStatus, number>>;
  /** Names of the results' fields, in the order of their first appearance. */
  readonly fields: readonly string[];
  /** How often each value of the first field stands there that sorts the rows into groups; absent where none does. */
  readonly groups?: { readonly field: string; readonly values: readonly (readonly [value: string, count: number])[] };
  /** Why rows have no result, the most frequent first. */
  readonly reasons: readonly (readonly [reason: string, count: number])[];
  /** The first rows, and the first of those behind them that have no result. */
  readonly shown: readonly OutputRow[];
}

/** Fields beyond these do not get a column: every result could bring others. */
const MAX_FIELDS = 200;
const SHOWN_ROWS = 12;
const SHOWN_FAILURES = 8;
const SHOWN_VALUES = 10;

/** Goes through all rows once and keeps what the table, the report and the last lines need. */
export async function summarize(rows: JobRows): Promise<Summary> {
  const byStatus = { success: 0, reused: 0, failed: 0, cancelled: 0, invalid: 0 };
  const values = new Map<string, ValueCounts>();
  const reasons = new ValueCounts();
  const shown: OutputRow[] = [];
  let failures = 0;
  let count = 0;
  for await (const row of rows.all()) {
    byStatus[row.status] += 1;
    countValues(values, row);
    const isGood = row.status === 'success' || row.status === 'reused';
    if (!isGood) reasons.add(reasonOf(row));
    if (count < SHOWN_ROWS || (!isGood && failures++ < SHOWN_FAILURES)) shown.push(row);
    count += 1;
  }
  const groups = findGroups(values);
  return {
    rows: count,
    byStatus,
    fields: [...values.keys()],
    reasons: reasons.top(SHOWN_VALUES),
    shown,
    ...(groups ? { groups } : {}),
  };
}

function countValues(values: Map<string, ValueCounts>, { fields }: OutputRow): void {
  for (const [name, value] of Object.entries(fields)) {
    if (!values.has(name) && values.size < MAX_FIELDS) values.set(name, new ValueCounts());
    values.get(name)?.add(value);
  }
}

/** Messages often repeat the row's own value: without it they are the same reason. */
function reasonOf({ message, cells }: OutputRow): string {
  const repeated = cells.filter((cell) => cell.length > 2 && message.includes(cell));
  return repeated.reduce((text, cell) => text.replaceAll(cell, '…'), message);
}

function findGroups(values: ReadonlyMap<string, ValueCounts>): Summary['groups'] {
  for (const [field, counts] of values) if (counts.sortsIntoGroups) return { field, values: counts.top(SHOWN_VALUES) };
  return undefined;
}
