import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import type { ItemRow } from '../../../../src/cli/batch/item-row.js';
import type { Indicators } from '../../../../src/cli/batch/read-indicators.js';
import { checkOutput, writeResults } from '../../../../src/cli/batch/write-results.js';
import { Problem } from '../../../../src/cli/problem.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'soar-runner-results-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function indicators(columns: readonly string[], rows: readonly (readonly string[])[]): Indicators {
  const place = columns.indexOf('ip');
  return { columns, rows, addresses: rows.map((cells) => cells[place] ?? '') };
}

function row(message: string, fields: Record<string, string> = {}, status = 'success'): ItemRow {
  return { status, message, fields, actionRunId: 7 };
}

const TWO = indicators(['ip'], [['8.8.8.8'], ['1.1.1.1']]);
const output = (): string => path.join(folder, 'results.csv');
const written = (): unknown => parse(readFileSync(output()));

describe('the file of results', () => {
  it('has a row for every input row, in input order, duplicates included', async () => {
    const given = indicators(
      ['note', 'ip'],
      [
        ['a', '8.8.8.8'],
        ['b', '1.1.1.1'],
        ['c', '8.8.8.8'],
      ],
    );
    await writeResults(output(), given, [0, 1, 0], [row('eight'), row('one')]);
    expect(written()).toEqual([
      ['note', 'ip', 'status', 'message', 'action_run_id'],
      ['a', '8.8.8.8', 'success', 'eight', '7'],
      ['b', '1.1.1.1', 'success', 'one', '7'],
      ['c', '8.8.8.8', 'success', 'eight', '7'],
    ]);
  });

  it('has a column for every field that any row has', async () => {
    await writeResults(output(), TWO, [0, 1], [row('x', { country: 'US' }), row('y', { asn: '13335' }, 'failed')]);
    expect(written()).toEqual([
      ['ip', 'status', 'message', 'country', 'asn', 'action_run_id'],
      ['8.8.8.8', 'success', 'x', 'US', '', '7'],
      ['1.1.1.1', 'failed', 'y', '', '13335', '7'],
    ]);
  });

  it('leaves the number of the run open where SOAR never had the action', async () => {
    await writeResults(output(), indicators(['ip'], [['8.8.8.8']]), [0], [{ ...row('x'), actionRunId: null }]);
    expect(written()).toEqual([
      ['ip', 'status', 'message', 'action_run_id'],
      ['8.8.8.8', 'success', 'x', ''],
    ]);
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])(
    'disarms the formula %j, in SOAR’s cells as in the input’s',
    async (formula) => {
      await writeResults(output(), indicators(['ip'], [[formula]]), [0], [row(formula, { country: formula })]);
      expect(written()).toEqual([
        ['ip', 'status', 'message', 'country', 'action_run_id'],
        [`'${formula}`, 'success', `'${formula}`, `'${formula}`, '7'],
      ]);
    },
  );

  it('has no column twice that the input had once, also where results are enriched once more', async () => {
    const names = fc.uniqueArray(
      fc.constantFrom('status', 'message', 'result_status', 'country', 'action_run_id', 'x'),
    );
    await fc.assert(
      fc.asyncProperty(names, async (others) => {
        const columns = ['ip', ...others];
        await writeResults(output(), indicators(columns, [columns]), [0], [row('x', { country: 'US' })]);
        const [header = []]: string[][] = parse(readFileSync(output()));
        expect(header.slice(0, columns.length)).toEqual(columns);
        expect(new Set(header).size).toBe(header.length);
      }),
      { numRuns: 30 },
    );
  });
});

describe('a file that cannot be written', () => {
  it('leaves an older one as it was, and nothing beside it', async () => {
    writeFileSync(output(), 'older');
    const broken: readonly number[] = new Proxy([0], {
      get: () => {
        throw new Error('broken in mid-file');
      },
    });
    await expect(writeResults(output(), TWO, broken, [row('x')])).rejects.toThrow('broken in mid-file');
    expect(readdirSync(folder)).toEqual(['results.csv']);
    expect(readFileSync(output(), 'utf8')).toBe('older');
  });

  it('leaves nothing where its place is a folder', async () => {
    mkdirSync(output());
    await expect(writeResults(output(), TWO, [0, 1], [row('x'), row('y')])).rejects.toBeInstanceOf(Problem);
    expect(readdirSync(folder)).toEqual(['results.csv']);
  });

  it('leaves nothing where its folder is not there', async () => {
    const file = path.join(folder, 'missing', 'results.csv');
    await expect(writeResults(file, TWO, [0, 1], [row('x'), row('y')])).rejects.toThrow(
      /cannot be written: ENOENT.*\.$/,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it('replaces what a killed process of the same id left', async () => {
    writeFileSync(`${output()}.${process.pid}.part`, 'half a fi');
    await writeResults(output(), TWO, [0, 1], [row('x'), row('y')]);
    expect(readdirSync(folder)).toEqual(['results.csv']);
  });

  it('is found out before the work', async () => {
    writeFileSync(path.join(folder, 'file'), '');
    await expect(checkOutput(output())).resolves.toBeUndefined();
    await expect(checkOutput(path.join(folder, 'missing', 'x.csv'))).rejects.toThrow('cannot be written');
    await expect(checkOutput(path.join(folder, 'file', 'x.csv'))).rejects.toThrow('is not a folder');
    await expect(checkOutput(folder)).rejects.toThrow('is a folder');
  });
});
