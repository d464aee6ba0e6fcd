import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { toSafeText } from '../../soar/soar-error.js';
import { inPages } from '../job/in-parallel.js';
import { ROW_STATUSES } from '../../model/batch/row-status.js';
import type { RowStatus } from '../../model/batch/row-status.js';
import type { TableColumn } from './csv.js';
import type { JobRows } from './rows.js';
import type { Summary } from './rows-summary.js';

/** What a report says of its batch beside the rows. */
export interface ReportHead {
  readonly title: string;
  /** As “Container”, “7”. */
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  /** SOAR's own page of an action_run, without its number; absent if it has none. */
  readonly runUrl: string | undefined;
}

/** A mark that no text from outside can contain: those are escaped. */
const DATA = '<data>';

/**
 * A report as one HTML page, in pieces: counts, charts and a table that can be searched and sorted. It needs no other file. Its
 * policy lets a browser run and load nothing else, whatever is in the rows.
 */
export async function* reportHtml(
  rows: JobRows,
  columns: readonly TableColumn[],
  summary: Summary,
  head: ReportHead,
): AsyncGenerator<string> {
  // The print rules at the end of report.css override rules for the table.
  const style = asset('report-table.css') + asset('report.css');
  const script = asset('report-view.js');
  const parts: Readonly<Record<string, string>> = {
    title: escapeHtml(toSafeText(head.title)),
    policy: `default-src 'none'; style-src '${hashOf(style)}'; script-src '${hashOf(script)}'; base-uri 'none'; form-action 'none'`,
    style: `<style>${style}</style>`,
    script: `<script>${script}</script>`,
    verdict: escapeHtml(verdict(summary)),
    facts: facts(head),
    tiles: tiles(summary),
    bar: statusBar(summary),
    groups: groups(summary),
    reasons: reasons(summary),
    data: DATA,
  };
  const page = asset('report.html').replace(/\{\{(\w+)\}\}/g, (_match, name: string) => parts[name] ?? '');
  const [beforeData = '', afterData = ''] = page.split(DATA);
  yield beforeData;
  yield* dataElement(rows, columns, head);
  yield afterData;
}

function asset(name: string): string {
  return readFileSync(path.join(__dirname, name), 'utf8');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function verdict({ rows, byStatus }: Summary): string {
  const good = byStatus.success + byStatus.reused;
  if (good === rows) return `All ${shown(rows)} rows succeeded.`;
  return `${shown(good)} of ${shown(rows)} rows succeeded (${Math.floor((good / rows) * 1_000) / 10}%).`;
}

function facts({ facts }: ReportHead): string {
  const entries = facts.map(
    ({ name, value }) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(toSafeText(value))}</dd></div>`,
  );
  return `<dl class="facts">${entries.join('')}</dl>`;
}

const TILE_NAMES: Readonly<Record<RowStatus, string>> = {
  success: 'succeeded',
  reused: 'reused from earlier runs',
  failed: 'failed',
  unread: 'unread: the result says nothing',
  gone: 'gone from SOAR',
  cancelled: 'cancelled',
  invalid: 'invalid, not sent',
  skipped: 'skipped, not wanted',
};

function tiles({ rows, byStatus }: Summary): string {
  const tile = (kind: string, count: number, name: string): string =>
    `<div class="tile ${kind}"><b>${shown(count)}</b><span>${name}</span></div>`;
  const statuses = ROW_STATUSES.filter((status) => byStatus[status] > 0 || status === 'success' || status === 'failed');
  const ofStatuses = statuses.map((status) => tile(status, byStatus[status], TILE_NAMES[status]));
  return `<div class="tiles">${tile('all', rows, 'rows')}${ofStatuses.join('')}</div>`;
}

const BAR_WIDTH = 1_000;
const BAR_HEIGHT = 16;

/** One bar, divided as the rows are by status. */
function statusBar({ byStatus }: Summary): string {
  const total = ROW_STATUSES.reduce((sum, status) => sum + byStatus[status], 0);
  let left = 0;
  const parts = ROW_STATUSES.filter((status) => byStatus[status] > 0).map((status) => {
    const width = (byStatus[status] / total) * BAR_WIDTH;
    const x = left;
    left += width;
    const title = `<title>${shown(byStatus[status])} ${status}</title>`;
    return `<rect class="${status}" x="${x.toFixed(2)}" width="${width.toFixed(2)}" height="${BAR_HEIGHT}">${title}</rect>`;
  });
  const box = `viewBox="0 0 ${BAR_WIDTH} ${BAR_HEIGHT}" preserveAspectRatio="none"`;
  return `<svg class="bar" ${box} role="img" aria-label="Rows by status">${parts.join('')}</svg>`;
}

function groups({ groups, byStatus }: Summary): string {
  if (!groups) return '';
  const values = groups.values.map(([value, count]) => [toSafeText(value), count] as const);
  const others = byStatus.success + byStatus.reused - values.reduce((sum, [, count]) => sum + count, 0);
  const rest = others > 0 ? `<p class="rest">and ${shown(others)} rows with other values</p>` : '';
  return panel(`Rows by ${toSafeText(groups.field, 60)}`, valueBars(values) + rest);
}

const ROW_HEIGHT = 26;
const CHART_WIDTH = 560;
const NAME_WIDTH = 190;
const COUNT_WIDTH = 60;
const NAME_CHARACTERS = 26;

/** A bar for each value, as long as the value is frequent. */
function valueBars(values: readonly (readonly [value: string, count: number])[]): string {
  const most = Math.max(1, ...values.map(([, count]) => count));
  const bars = values.map(([value, count], index) => {
    const y = index * ROW_HEIGHT;
    const width = (count / most) * (CHART_WIDTH - NAME_WIDTH - COUNT_WIDTH);
    const name = value.length > NAME_CHARACTERS ? `${value.slice(0, NAME_CHARACTERS - 1)}…` : value;
    return [
      `<text x="0" y="${y + 17}">${escapeHtml(name)}</text>`,
      `<rect x="${NAME_WIDTH}" y="${y + 4}" width="${width.toFixed(1)}" height="18" rx="3"></rect>`,
      `<text class="count" x="${(NAME_WIDTH + width + 8).toFixed(1)}" y="${y + 17}">${shown(count)}</text>`,
    ].join('');
  });
  const box = `viewBox="0 0 ${CHART_WIDTH} ${values.length * ROW_HEIGHT}"`;
  return `<svg ${box} role="img" aria-label="Rows by value">${bars.join('')}</svg>`;
}

function reasons({ reasons }: Summary): string {
  if (reasons.length === 0) return '';
  const entries = reasons.map(
    ([reason, count]) => `<dt>${shown(count)}</dt><dd>${escapeHtml(toSafeText(reason, 300))}</dd>`,
  );
  return panel('Why rows have no result', `<dl class="reasons">${entries.join('')}</dl>`);
}

function panel(title: string, content: string): string {
  return `<section class="panel"><h2>${escapeHtml(title)}</h2>${content}</section>`;
}

const PAGE_ROWS = 500;

/** The rows as JSON, with the indices of the columns that report-view.js treats in their own way. */
async function* dataElement(
  rows: JobRows,
  columns: readonly TableColumn[],
  { runUrl }: ReportHead,
): AsyncGenerator<string> {
  const indexOf = (name: TableColumn['own']): number => columns.findIndex(({ own }) => own === name);
  const head = scriptJson({
    columns: columns.map(({ name }) => name),
    statusColumn: indexOf('status'),
    runColumns: [indexOf('action_run_id'), indexOf('reused_from')],
    runUrl,
  });
  yield `<script type="application/json" id="data">${head.slice(0, -1)},"rows":[`;
  let separator = '';
  for await (const page of inPages(rows(), PAGE_ROWS)) {
    yield separator + page.map((row) => scriptJson(columns.map(({ cellOf }) => cellOf(row)))).join(',\n');
    separator = ',\n';
  }
  yield ']}</script>';
}

function shown(count: number): string {
  return count.toLocaleString('en');
}

/** A text as HTML shows it, also inside an attribute's quotes. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A value as JSON inside a script element: nothing in it ends the element or begins a comment. */
function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
