import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { toSafeText } from '../../soar/errors.js';
import { inPages } from '../job/async.js';
import { ROW_STATUSES } from '../job/item-row.js';
import type { RowStatus } from '../job/item-row.js';
import { columnNames, tableCells } from './table-columns.js';
import type { JobRows } from './rows.js';
import type { Summary } from './summary.js';
import { statusBar, valueBars } from './charts.js';
import { escapeHtml, scriptJson } from './escape.js';

/** What a report says of its batch beside the rows. */
export interface ReportHead {
  readonly title: string;
  /** In words, one after the other: “Container”, “7”. A value that is a link has its address. */
  readonly facts: readonly { readonly name: string; readonly value: string; readonly link?: string | undefined }[];
  /** Where SOAR shows an action_run, but for its number. */
  readonly runUrl: string;
}

const PAGE_ROWS = 500;
const asset = (name: string): string => readFileSync(path.join(__dirname, name), 'utf8');

/**
 * A report as one HTML page, in pieces: counts, charts and a table that can be searched and sorted. It needs nothing but
 * itself, and its policy lets a browser run and load nothing else, whatever stands in the rows.
 */
export async function* reportHtml(rows: JobRows, summary: Summary, head: ReportHead): AsyncGenerator<string> {
  const [beforeData = '', afterData = ''] = fill(asset('report.html'), partsOf(summary, head)).split(DATA);
  yield beforeData;
  yield* dataElement(rows, summary, head);
  yield afterData;
}

/** A mark of our own that no text from outside can hold: those are escaped. */
const DATA = '<data>';

function partsOf(summary: Summary, head: ReportHead): Readonly<Record<string, string>> {
  // The rules for print, at the end of report.css, hide some of what the table shows.
  const style = asset('report-table.css') + asset('report.css');
  const script = asset('report-view.js');
  return {
    title: escapeHtml(toSafeText(head.title)),
    policy: `default-src 'none'; style-src '${hashOf(style)}'; script-src '${hashOf(script)}'; base-uri 'none'; form-action 'none'`,
    style: `<style>${style}</style>`,
    script: `<script>${script}</script>`,
    verdict: escapeHtml(verdict(summary)),
    facts: facts(head),
    tiles: tiles(summary),
    bar: statusBar(summary.byStatus),
    groups: groups(summary),
    reasons: reasons(summary),
    data: DATA,
  };
}

function fill(template: string, parts: Readonly<Record<string, string>>): string {
  return template.replace(/\{\{(\w+)\}\}/g, (_match, name: string) => parts[name] ?? '');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function verdict({ rows, byStatus }: Summary): string {
  const good = byStatus.success + byStatus.reused;
  if (good === rows) return `All ${number(rows)} rows succeeded.`;
  return `${number(good)} of ${number(rows)} rows succeeded (${Math.floor((good / rows) * 1_000) / 10}%).`;
}

function facts({ facts }: ReportHead): string {
  const entries = facts.map(({ name, value, link }) => {
    const text = escapeHtml(toSafeText(value));
    const shown =
      link && /^https?:/.test(link) ? `<a href="${escapeHtml(link)}" rel="noopener noreferrer">${text}</a>` : text;
    return `<div><dt>${escapeHtml(name)}</dt><dd>${shown}</dd></div>`;
  });
  return `<dl class="facts">${entries.join('')}</dl>`;
}

const TILE_NAMES: Readonly<Record<RowStatus, string>> = {
  success: 'succeeded',
  reused: 'reused from earlier runs',
  failed: 'failed',
  cancelled: 'cancelled',
  invalid: 'invalid, not sent',
};

function tiles({ rows, byStatus }: Summary): string {
  const shown = ROW_STATUSES.filter((status) => byStatus[status] > 0 || status === 'success' || status === 'failed');
  const ofStatuses = shown.map((status) => tile(status, byStatus[status], TILE_NAMES[status]));
  return `<div class="tiles">${tile('all', rows, 'rows')}${ofStatuses.join('')}</div>`;
}

function tile(kind: string, count: number, name: string): string {
  return `<div class="tile ${kind}"><b>${number(count)}</b><span>${name}</span></div>`;
}

function groups({ groups, byStatus }: Summary): string {
  if (!groups) return '';
  const values = groups.values.map(([value, count]) => [toSafeText(value), count] as const);
  const others = byStatus.success + byStatus.reused - values.reduce((sum, [, count]) => sum + count, 0);
  const rest = others > 0 ? `<p class="rest">and ${number(others)} rows with other values</p>` : '';
  return panel(`Rows by ${toSafeText(groups.field, 60)}`, valueBars(values) + rest);
}

function reasons({ reasons }: Summary): string {
  if (reasons.length === 0) return '';
  const entries = reasons.map(
    ([reason, count]) => `<dt>${number(count)}</dt><dd>${escapeHtml(toSafeText(reason, 300))}</dd>`,
  );
  return panel('Why rows have no result', `<dl class="reasons">${entries.join('')}</dl>`);
}

function panel(title: string, content: string): string {
  return `<section class="panel"><h2>${escapeHtml(title)}</h2>${content}</section>`;
}

async function* dataElement(rows: JobRows, { fields }: Summary, { runUrl }: ReportHead): AsyncGenerator<string> {
  const columns = columnNames(rows.columns, fields);
  const statusColumn = rows.columns.length;
  const runColumns = [columns.length - 2, columns.length - 1];
  const head = scriptJson({ columns, statusColumn, runColumns, runUrl });
  yield `<script type="application/json" id="data">${head.slice(0, -1)},"rows":[`;
  let separator = '';
  for await (const page of inPages(rows.all(), PAGE_ROWS)) {
    yield separator + page.map((row) => scriptJson(tableCells(row, fields))).join(',\n');
    separator = ',\n';
  }
  yield ']}</script>';
}

function number(value: number): string {
  return value.toLocaleString('en');
}
