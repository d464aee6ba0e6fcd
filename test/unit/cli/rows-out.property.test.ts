import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { csvText, tableColumns } from '../../../src/cli/output/csv.js';
import { writeOutputFile } from '../../../src/cli/output/files.js';
import { outputRows } from '../../../src/cli/output/rows.js';
import type { JobRows } from '../../../src/cli/output/rows.js';
import { prepareFromFile } from '../../../src/cli/job/prepare.js';
import type { ItemRow } from '../../../src/cli/job/item-row.js';
import { all, itemRow } from './support/rows.js';
import { Scratch } from './support/scratch.js';

const cell = fc.string({ unit: fc.constantFrom('a', 'b', '"', ',', '\n', 'é', '1', ' b') });
const line = fc.record({ ip: fc.constantFrom('', 'a', 'b', 'c', 'd', 'e'), note: cell, surplus: fc.boolean() });
const REST = { status: 'failed', message: 'no result' } as const;

describe('the rows of a CSV', () => {
  const scratch = new Scratch();
  afterAll(() => scratch.remove());

  it('come out one for one and in order, each with the result of its own item or its own reason', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 30 }), async (lines) => {
        const [input, output] = [scratch.at('in.csv'), scratch.at('out.csv')];
        writeFileSync(input, stringify([['note', 'ip'], ...lines.map(inputCells)], { quoted: true }));
        const spec = {
          source: { kind: 'file', path: input, format: 'csv' },
          mapping: { parameter: 'ip', perRow: [] },
          target: { action: 'x', asset: 'y', container: '1' },
          options: {},
          outputs: [output],
          stayUp: false,
          worker: true,
        } as const;
        const job = await prepareFromFile(scratch.at(`job ${(run += 1)}`), spec, {
          name: 'in',
          path: input,
          format: 'csv',
        });
        const items = await all(job.input.items(0));
        const results = new Map<number, ItemRow>(
          items.map(({ ip }, place) => [place, itemRow({ message: `of ${String(ip)}` })]),
        );
        await job.results.put(0, results);
        const rows: JobRows = () => outputRows(job.input, job.results, 2, REST);
        await writeOutputFile(output, 'job', csvText(rows, tableColumns(job.summary.columns, [])));
        await job.close();

        const [, ...written]: string[][] = parse(readFileSync(output));
        expect(written.map(([note, ip, , message]) => [note, ip, message])).toEqual(lines.map(expected));
        expect(job.summary.distinct).toBe(new Set(lines.filter(isGood).map(({ ip }) => ip)).size);
      }),
      { numRuns: 40 },
    );
  });
});

interface Line {
  readonly ip: string;
  readonly note: string;
  readonly surplus: boolean;
}

function inputCells({ ip, note, surplus }: Line): string[] {
  return surplus ? [note, ip, 'surplus'] : [note, ip];
}

const isGood = ({ ip, surplus }: Line): boolean => ip !== '' && !surplus;

function expected({ ip, note, surplus }: Line): string[] {
  const reason = surplus
    ? 'The row has not as many values as the header: 3 instead of 2.'
    : 'The row has no value in column "ip".';
  return [note, ip, isGood({ ip, note, surplus }) ? `of ${ip}` : reason];
}
