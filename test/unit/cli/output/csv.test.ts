import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { csvText, tableColumns } from '../../../../src/cli/output/csv.js';
import type { OutputRow } from '../../../../src/cli/output/rows.js';
import { all, jobRows } from '../support/rows.js';

async function written(
  columns: readonly string[],
  rows: readonly Partial<OutputRow>[],
  fields: readonly string[] = [],
): Promise<unknown> {
  return parse((await all(csvText(jobRows(columns, rows), tableColumns(columns, fields)))).join(''));
}

const RUN_COLUMNS = ['action_run_id', 'reused_from'];

describe('the CSV of results', () => {
  it('has the input’s columns, then what became of the row', async () => {
    const rows: Partial<OutputRow>[] = [
      { cells: ['a', '8.8.8.8'], message: 'eight', fields: { country: 'US' } },
      { cells: ['b', '1.1.1.1'], status: 'failed', message: 'one', fields: { asn: '13335' }, actionRunId: null },
      { cells: ['c', '9.9.9.9'], status: 'reused', actionRunId: null, reusedFrom: 3 },
    ];
    expect(await written(['note', 'ip'], rows, ['country', 'asn'])).toEqual([
      ['note', 'ip', 'status', 'message', 'country', 'asn', ...RUN_COLUMNS],
      ['a', '8.8.8.8', 'success', 'eight', 'US', '', '7', ''],
      ['b', '1.1.1.1', 'failed', 'one', '', '13335', '', ''],
      ['c', '9.9.9.9', 'reused', 'done', '', '', '', '3'],
    ]);
  });

  it('leaves a negative number as it is', async () => {
    const rows = [{ cells: ['-1'], fields: { latitude: '-33.86' } }];
    expect(await written(['ip'], rows, ['latitude'])).toEqual([
      ['ip', 'status', 'message', 'latitude', ...RUN_COLUMNS],
      ['-1', 'success', 'done', '-33.86', '7', ''],
    ]);
  });

  it.each(['=1+1', '+1', '-1+1', '@SUM(A1)', '\t=1', '\r=1'])(
    'disarms the formula %j, in SOAR’s cells as in the input’s',
    async (formula) => {
      const rows = [{ cells: [formula], message: formula, fields: { country: formula } }];
      expect(await written(['ip'], rows, ['country'])).toEqual([
        ['ip', 'status', 'message', 'country', ...RUN_COLUMNS],
        [`'${formula}`, 'success', `'${formula}`, `'${formula}`, '7', ''],
      ]);
    },
  );

  it('has a line for each of many rows', async () => {
    const rows = Array.from({ length: 1_201 }, (_, index) => ({ cells: [String(index)] }));
    expect(await written(['ip'], rows)).toHaveLength(1_202);
  });

  it('has no column twice that the input had once, also if results are enriched once more', () => {
    const names = fc.uniqueArray(
      fc.constantFrom('status', 'message', 'result_status', 'country', 'action_run_id', 'reused_from', 'x'),
    );
    fc.assert(
      fc.property(names, (columns) => {
        const header = tableColumns(columns, ['country', 'status']).map(({ name }) => name);
        expect(header.slice(0, columns.length)).toEqual(columns);
        expect(new Set(header).size).toBe(header.length);
      }),
    );
  });
});
