import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { z } from 'zod';
import { tableColumns } from '../../../../src/cli/output/csv.js';
import type { TableColumn } from '../../../../src/cli/output/csv.js';
import { reportHtml } from '../../../../src/cli/output/report.js';
import type { OutputRow } from '../../../../src/cli/output/rows.js';
import { summarize } from '../../../../src/cli/output/rows-summary.js';
import { all, jobRows } from '../support/rows.js';

const dataSchema = z.object({
  columns: z.array(z.string()),
  statusColumn: z.int(),
  runColumns: z.array(z.int()),
  runUrl: z.string(),
  rows: z.array(z.array(z.union([z.string(), z.number()]))),
});

async function report(
  columns: readonly string[],
  rows: readonly Partial<OutputRow>[],
  title = 'title',
  more: readonly TableColumn[] = [],
): Promise<string> {
  const job = jobRows(columns, rows);
  const summary = await summarize(job);
  const table = [...tableColumns(columns, summary.fields), ...more];
  const facts = [{ name: 'Batch', value: 'b<1>' }];
  const head = { title, facts, runUrl: 'https://soar.example.com/mission/1/analyst/action_run/' };
  return (await all(reportHtml(job, table, summary, head))).join('');
}

/** What a browser takes for the content of the elements with this start tag: up to the first end tag, whatever it was meant to be. */
function contents(html: string, startTag: RegExp): string[] {
  return [...html.matchAll(new RegExp(`${startTag.source}([^]*?)</(?:script|style)`, 'gi'))].map(
    ([, text = '']) => text,
  );
}

function dataOf(html: string): z.infer<typeof dataSchema> {
  const [data = ''] = contents(html, /<script type="application\/json" id="data">/);
  return dataSchema.parse(JSON.parse(data));
}

describe('a report', () => {
  it('holds every row, under the names of its columns', async () => {
    const rows: Partial<OutputRow>[] = [
      { cells: ['8.8.8.8'], message: 'Country: US', fields: { country: 'US' } },
      { cells: ['?'], status: 'invalid', message: 'bad', actionRunId: null },
    ];
    expect(dataOf(await report(['ip'], rows))).toEqual({
      columns: ['ip', 'status', 'message', 'country', 'action_run_id', 'reused_from'],
      statusColumn: 1,
      runColumns: [4, 5],
      runUrl: 'https://soar.example.com/mission/1/analyst/action_run/',
      rows: [
        ['8.8.8.8', 'success', 'Country: US', 'US', 7, ''],
        ['?', 'invalid', 'bad', '', '', ''],
      ],
    });
  });

  it('finds its columns by name, whatever columns are behind them or have a name of theirs', async () => {
    const rows = [{ cells: ['input', 'a'], fields: { action_run_id: 'field' }, reusedFrom: 3 }];
    const more: TableColumn = { name: 'a new last column', cellOf: () => 'new' };
    const { columns, statusColumn, runColumns, rows: data } = dataOf(await report(['status', 'ip'], rows, 't', [more]));
    expect(columns.slice(-2)).toEqual(['reused_from', 'a new last column']);
    expect([columns[statusColumn], data[0]?.[statusColumn]]).toEqual(['result_status', 'success']);
    expect(runColumns.map((index) => [columns[index], data[0]?.[index]])).toEqual([
      ['result_action_run_id', 7],
      ['reused_from', 3],
    ]);
  });

  it('shows counts, the reasons of failures, and how it went, without any script', async () => {
    const rows: Partial<OutputRow>[] = [
      { cells: ['8.8.8.8'] },
      { cells: ['abc.'], status: 'failed', message: 'Not an IP address: abc.' },
      { cells: ['?'], status: 'invalid', message: 'bad' },
    ];
    const html = await report(['ip'], rows);
    expect(html).toContain('1 of 3 rows succeeded (33.3%).');
    expect(html).toContain('<div class="tile failed"><b>1</b><span>failed</span></div>');
    expect(html).toContain('<div class="tile invalid"><b>1</b><span>invalid, not sent</span></div>');
    expect(html).toContain('<dt>1</dt><dd>Not an IP address: …</dd>');
    expect(html.match(/<rect class="(?:success|failed|invalid)"/g)).toHaveLength(3);
  });

  it('loads nothing, and lets a browser run nothing but its own script', async () => {
    const html = await report(['ip'], [{ cells: ['8.8.8.8'] }]);
    const [, policy = ''] = /http-equiv="Content-Security-Policy"\s+content="([^"]*)"/.exec(html) ?? [];
    const [script = ''] = contents(html, /<script>/);
    const [style = ''] = contents(html, /<style>/);
    const hash = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;
    expect(policy).toBe(
      `default-src 'none'; style-src '${hash(style)}'; script-src '${hash(script)}'; base-uri 'none'; form-action 'none'`,
    );
    expect(html).not.toMatch(/\s(?:src|srcset|style|on\w+)=/i);
    expect(`${style}${script}`).not.toMatch(/url\(|@import|fetch\(|XMLHttpRequest/);
  });

  const HOSTILE = [
    '</script><script>alert(1)</script>',
    '<!--<script>',
    ']]>',
    '<img src=x onerror=alert(1)>',
    '"\'&amp;<>',
    '{{data}}',
    '<data>',
    '$&$1',
    '\u2028\u2029\u202e\u0000',
    '=cmd|"/c calc"!A0',
  ];

  it('comes through whatever stands in the rows', async () => {
    const text = fc.oneof(fc.constantFrom(...HOSTILE), fc.string());
    const control = await report(['ip'], [{ cells: ['x'] }]);
    const elements = (html: string): number => (html.match(/<\/?(?:script|style|noscript)/gi) ?? []).length;
    await fc.assert(
      fc.asyncProperty(text, text, text, async (value, message, name) => {
        const fields = { [name]: value };
        const html = await report([name], [{ cells: [value], message, fields, status: 'failed' }], value);
        expect(elements(html)).toBe(elements(control));
        const { rows, columns } = dataOf(html);
        expect(rows[0]?.slice(0, 4)).toEqual([value, 'failed', message, value]);
        expect(columns[0]).toBe(name);
      }),
      { numRuns: 200 },
    );
  });

  it.each(HOSTILE)('shows %j as text in its charts and reasons', async (text) => {
    const good = Array.from({ length: 4 }, (_, index) => ({ fields: { [text]: index % 2 ? text : 'other' } }));
    const html = await report([], [...good, { status: 'failed' as const, message: text }], text);
    const shown = html.slice(0, html.indexOf('<script'));
    expect(shown).not.toContain('<img');
    expect(shown).not.toContain('<!--');
    expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
  });
});
