import { stripVTControlCharacters } from 'node:util';
import { columnWidths, resultsTable, summarize } from '../../../../src/cli/output/rows-summary.js';
import type { OutputRow } from '../../../../src/cli/output/rows.js';
import { jobRows } from '../support/rows.js';

const ESCAPE = '\u001b';

/** Row 0, 1, 2 …, of which those from 20 on failed. */
const FORTY: Partial<OutputRow>[] = Array.from({ length: 40 }, (_, index) => ({
  cells: [`name ${index}`],
  status: index >= 20 ? 'failed' : 'success',
  message: index >= 20 ? `name ${index} is bad` : 'good',
  fields: index >= 20 ? {} : { id: String(index), country: index % 2 ? 'US' : 'IN' },
}));

describe('the summary of results', () => {
  it('counts rows, and sorts them by the first field that has groups', async () => {
    const summary = await summarize(jobRows(['ip'], FORTY));
    expect(summary).toMatchObject({
      rows: 40,
      byStatus: { success: 20, reused: 0, failed: 20, cancelled: 0, invalid: 0 },
      fields: ['id', 'country'],
      groups: {
        field: 'country',
        values: [
          ['IN', 10],
          ['US', 10],
        ],
      },
    });
  });

  it('takes reasons that differ in the row’s own value alone for one', async () => {
    expect((await summarize(jobRows(['ip'], FORTY))).reasons).toEqual([['… is bad', 20]]);
  });

  it('has no groups where every value is another', async () => {
    const rows = Array.from({ length: 5 }, (_, index) => ({ fields: { id: String(index) } }));
    expect((await summarize(jobRows([], rows))).groups).toBeUndefined();
  });

  it('keeps few fields and few values, however many there are', async () => {
    const rows = Array.from({ length: 3_000 }, (_, index) => ({
      fields: { [`field ${index}`]: 'x', id: String(index) },
    }));
    const summary = await summarize(jobRows([], rows));
    expect(summary.fields).toHaveLength(200);
    expect(summary.groups).toBeUndefined();
  });
});

/** East Asian letters take two columns. */
function displayWidth(line: string): number {
  return line.length + (line.match(/[\u3000-\u9fff]/g) ?? []).length;
}

describe('the table of results', () => {
  it.each([40, 60, 80, 117, 200, undefined])(
    'fits a terminal of %s columns, with wide letters too',
    async (columns) => {
      const before = process.stdout.columns;
      Object.defineProperty(process.stdout, 'columns', { value: columns, configurable: true });
      const wide = '日本語のとても長いホスト名です'.repeat(5);
      const table = resultsTable(await summarize(jobRows(['ip'], [{ cells: [wide], message: wide }])), ['ip'], 0);
      Object.defineProperty(process.stdout, 'columns', { value: before, configurable: true });
      const widths = stripVTControlCharacters(table).split('\n').map(displayWidth);
      expect(Math.max(...widths)).toBeLessThanOrEqual(columns ?? 117);
      expect(columnWidths(columns).every((width) => width >= 7)).toBe(true);
    },
  );

  it('shows the first rows, then the first that failed, and says how many more there are', async () => {
    const table = resultsTable(await summarize(jobRows(['ip'], FORTY)), ['ip'], 0);
    const shown = [...table.matchAll(/name (\d+) +│/g)].map(([, index]) => Number(index));
    expect(shown).toEqual([
      ...Array.from({ length: 12 }, (_, index) => index),
      ...Array.from({ length: 8 }, (_, index) => index + 20),
    ]);
    expect(table).toMatch(/… and 20 more$/);
  });

  it('names a row by its number where it has no value', async () => {
    const summary = await summarize(
      jobRows(['ip'], [{ cells: [''], status: 'invalid', message: 'The line is not JSON.' }]),
    );
    // Coloured or not: that depends on where the tests run.
    const table = stripVTControlCharacters(resultsTable(summary, ['ip'], 0));
    expect(table).toMatch(/row 1 .*invalid .*The line is not JSON\./);
  });

  it('lets no text steer the terminal', async () => {
    const hostile = `${ESCAPE}[2J${ESCAPE}]0;owned\u0007\u009b31m\u202eevil`;
    const summary = await summarize(jobRows([hostile], [{ cells: [hostile], message: hostile }]));
    // The table's own colours are sequences of numbers alone.
    const uncoloured = resultsTable(summary, [hostile], 0).replace(new RegExp(`${ESCAPE}\\[\\d+m`, 'g'), '');
    expect(uncoloured.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
  });
});

/** The summary as it is where colours are wanted, and where they are not: that is decided when the module is loaded. */
async function tableWith(
  colours: 'FORCE_COLOR' | 'NO_COLOR',
  rows: Partial<OutputRow>[],
  width: number,
): Promise<string> {
  const { FORCE_COLOR: _force, NO_COLOR: _no, ...others } = process.env;
  const before = process.env;
  process.env = { ...others, [colours]: '1' };
  let table = '';
  await jest.isolateModulesAsync(async () => {
    const loaded = await import('../../../../src/cli/output/rows-summary.js');
    table = loaded.resultsTable(await loaded.summarize(jobRows(['ip'], rows)), ['ip'], 0, width);
  });
  process.env = before;
  return table;
}

const STATUSES = ['success', 'reused', 'failed', 'cancelled', 'invalid', 'skipped'] as const;
const MESSAGES = {
  long: 'x'.repeat(300),
  wide: '日本語のとても長い文です'.repeat(9),
  words: 'no route to the host '.repeat(9),
};

describe.each(['FORCE_COLOR', 'NO_COLOR'] as const)('the table on a terminal, with %s', (colours) => {
  describe.each([20, 40, 60, 79, 80, 200])('of %d columns', (width) => {
    it.each(Object.entries(MESSAGES))(
      'is no wider with a message that is %s, and breaks no status',
      async (_, message) => {
        const rows = STATUSES.map((status, index) => ({ cells: [`192.0.2.${index}`], status, message }));
        const table = await tableWith(colours, rows, width);
        expect(table.includes(ESCAPE)).toBe(colours === 'FORCE_COLOR');
        const lines = stripVTControlCharacters(table).split('\n');
        expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(Math.max(width, 29));
        for (const status of STATUSES) expect(lines.join('\n')).toContain(`│ ${status} `);
      },
    );
  });

  it.each([40, 60, 80])('of %d columns has the whole of an address, and of a wide name', async (width) => {
    const wide = '日本語のホスト';
    const table = stripVTControlCharacters(
      await tableWith(colours, [{ cells: ['192.168.100.200'] }, { cells: [wide] }], width),
    );
    const [, ...names] = [...table.matchAll(/^│ (.*?) *│/gm)].map(([, name]) => name);
    expect(names.join('')).toBe(`192.168.100.200${wide}`);
  });
});
