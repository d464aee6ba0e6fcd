import Table from 'cli-table3';
import pc from 'picocolors';
import wrapAnsi from 'wrap-ansi';
import { toSafeText } from '../../soar/soar-error.js';
import { cellText } from '../input/row.js';
import { hasSucceeded, ROW_STATUSES } from '../../model/batch/row-status.js';
import type { RowStatus } from '../../model/batch/row-status.js';
import type { JobRows, OutputRow } from './rows.js';
import { withoutControls } from '../../model/text.js';

/** The results of a job in numbers, and a few of its rows. */
export interface Summary {
  readonly rows: number;
  readonly byStatus: Readonly<Record<RowStatus, number>>;
  /** Names of the results' fields, in the order of their first appearance. */
  readonly fields: readonly string[];
  /** The values of the first field that sorts the rows into groups; absent if there is none. */
  readonly groups?: { readonly field: string; readonly values: readonly ValueCount[] };
  /** Why rows have no result, the most frequent reason first. */
  readonly reasons: readonly ValueCount[];
  /** The first rows, and the first of the later ones that have no result. */
  readonly shown: readonly OutputRow[];
}

type ValueCount = readonly [value: string, count: number];

/** Fields beyond these have no column: each result could bring new ones. */
const MAX_FIELDS = 200;
const SHOWN_ROWS = 12;
const SHOWN_FAILURES = 8;
const SHOWN_VALUES = 10;

/** Reads all rows once, and keeps what the table, the report and the last lines need. */
export async function summarize(rows: JobRows): Promise<Summary> {
  const byStatus = Object.fromEntries(ROW_STATUSES.map((status) => [status, 0])) as Record<RowStatus, number>;
  const values = new Map<string, ValueCounts>();
  const reasons = new ValueCounts();
  const shown: OutputRow[] = [];
  let failures = 0;
  let count = 0;
  for await (const row of rows()) {
    byStatus[row.status] += 1;
    countValues(values, row);
    const isGood = hasSucceeded(row.status) || row.status === 'skipped';
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

function findGroups(values: ReadonlyMap<string, ValueCounts>): Summary['groups'] {
  for (const [field, counts] of values) if (counts.areGroups) return { field, values: counts.top(SHOWN_VALUES) };
  return undefined;
}

/** Messages often repeat the row's own value. Without it they are the same reason. */
function reasonOf({ message, cells }: OutputRow): string {
  const repeated = cells.map(cellText).filter((cell) => cell.length > 2 && message.includes(cell));
  return repeated.reduce((text, cell) => text.replaceAll(cell, '…'), message);
}

const MAX_VALUES = 2_000;
/** Values that are alike for longer than anybody is shown count as one. */
const MAX_VALUE_CHARACTERS = 500;

/** Counts values, in memory that does not grow with their number. */
class ValueCounts {
  readonly #counts = new Map<string, number>();
  #total = 0;
  #uncounted = 0;

  add(whole: string): void {
    const value = whole.slice(0, MAX_VALUE_CHARACTERS);
    this.#total += 1;
    const known = this.#counts.get(value);
    if (known === undefined && this.#counts.size >= MAX_VALUES) this.#uncounted += 1;
    else this.#counts.set(value, (known ?? 0) + 1);
  }

  /** True if there are several values and they repeat, so that a chart of them is of use. */
  get areGroups(): boolean {
    return this.#uncounted === 0 && this.#counts.size > 1 && this.#counts.size <= this.#total / 2;
  }

  /** The most frequent values. */
  top(count: number): ValueCount[] {
    return [...this.#counts].sort(([, a], [, b]) => b - a).slice(0, count);
  }
}

const COLOURS: Readonly<Record<RowStatus, (text: string) => string>> = {
  success: pc.green,
  reused: pc.cyan,
  failed: pc.red,
  unread: pc.magenta,
  gone: pc.magenta,
  cancelled: pc.gray,
  invalid: pc.yellow,
  skipped: pc.gray,
};

const WIDEST = 117;
const NARROW = 80;
/** The longest status with its margins: a status is never broken. */
const STATUS_WIDTH = Math.max(...Object.keys(COLOURS).map((status) => status.length)) + 2;
const BORDERS = 4;
const MARGINS = 2;

/** Widths of the table's columns on a terminal of so many columns; the message gets what the others leave. */
export function columnWidths(columns = WIDEST): [indicator: number, status: number, message: number] {
  const free = Math.max(14, Math.min(columns, WIDEST) - STATUS_WIDTH - BORDERS);
  // An IPv4 address fits in 15 with its margins, if there is room for it.
  const indicator = Math.min(42, Math.max(Math.min(17, free - 8), Math.floor(free * 0.42)), free - 7);
  return [indicator, STATUS_WIDTH, free - indicator];
}

/** Of a stream that is no terminal Node knows no width. */
function terminalWidth(): number {
  return process.stdout.columns || WIDEST;
}

/**
 * A table for the terminal: the first rows, then the first of the others that have no result.
 *
 * @param indicator the index of the column that tells the rows apart
 * @param width of the terminal, in characters
 */
export function resultsTable(
  { rows, shown }: Summary,
  columns: readonly string[],
  indicator: number,
  width = terminalWidth(),
): string {
  const colWidths = columnWidths(width);
  const isNarrow = width < NARROW;
  // The table cuts what is too long for a line. Its own wrapping counts letters and colours, and not columns.
  const fit = (text: string, room: number): string =>
    isNarrow ? wrapAnsi(text, room - MARGINS, { hard: true }) : text;
  const table = new Table({
    head: [fit(shownText(columns[indicator] ?? '', 40), colWidths[0]), 'status', fit('message', colWidths[2])],
    style: { head: [], border: [], compact: true },
    colWidths,
  });
  for (const { number, cells, status, message } of shown) {
    const name = shownText(cellText(cells[indicator] ?? ''), 60);
    table.push([
      fit(name === '' ? `row ${number}` : name, colWidths[0]),
      COLOURS[status](status),
      fit(shownText(message, isNarrow ? NARROW : 160), colWidths[2]),
    ]);
  }
  const hidden = rows - shown.length;
  return hidden > 0 ? `${table.toString()}\n… and ${hidden} more` : table.toString();
}

/** The texts of the file and of SOAR are untrusted: they must not control the terminal. */
function shownText(text: string, maxChars: number): string {
  return toSafeText(withoutControls(text), maxChars);
}
