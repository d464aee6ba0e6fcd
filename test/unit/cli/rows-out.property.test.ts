import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import type { BatchCommandOptions } from '../../../src/cli/batch-command.js';
import { trimmed } from '../../../src/cli/input/row.js';
import { runFile } from './support/file-case.js';
import { Scratch } from './support/scratch.js';

const ADDRESSES = ['8.8.8.8', '1.1.1.1', '2001:4860:4860::8888'];
/** What stands where an address should, an address in another spelling among it. */
const indicator = fc.oneof(
  fc.constantFrom(...ADDRESSES),
  fc.constantFrom('8[.]8[.]8[.]8', '1.1.1.1:53', '8.8.8.8, 1.1.1.1', '2001:4860:4860:0::8888'),
  fc.constantFrom('', '-', 'x', '8.8.8.0/24', '300.1.1.1', '#', '"', '=1+1'),
);
const note = fc.string({ unit: fc.constantFrom('a', 'b', '"', ',', ';', '\n', 'é', '1', ' b', '#', '\u200b') });
const scalar = fc.oneof(note, fc.integer(), fc.boolean(), fc.constant(null), fc.array(note, { maxLength: 2 }));
const rowsOf = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<[string, T][]> =>
  fc.array(fc.tuple(indicator, value), { minLength: 1, maxLength: 12 });

type Format = readonly [what: string, name: string, write: (rows: [string, unknown][]) => string, of: 'text' | 'json'];
const objects = (rows: [string, unknown][]): object[] => rows.map(([ip, value]) => ({ ip, note: value }));
const FORMATS: readonly Format[] = [
  ['a CSV', 'in.csv', (rows) => stringify([['ip', 'note'], ...rows], { quoted: true }), 'text'],
  ['a TSV', 'in.tsv', (rows) => stringify([['ip', 'note'], ...rows], { quoted: true, delimiter: '\t' }), 'text'],
  ['a CSV with comments', 'in.csv', (rows) => `# c\n${stringify([['ip', 'note'], ...rows], { quoted: true })}`, 'text'],
  [
    'lines of JSON',
    'in.jsonl',
    (rows) =>
      objects(rows)
        .map((row) => JSON.stringify(row))
        .join('\n'),
    'json',
  ],
  ['a list of JSON', 'in.json', (rows) => JSON.stringify(objects(rows)), 'json'],
  ['a list of JSON over lines', 'in.json', (rows) => JSON.stringify({ Records: objects(rows) }, undefined, 2), 'json'],
];

/** As it comes out: a spreadsheet must not run it, and nobody must be led by what cannot be seen. */
const visible = (text: string): string => text.replaceAll("'", '').replaceAll('\\u200b', '\u200b');
const textOf = (value: unknown): string => {
  if (typeof value === 'string') return trimmed(value);
  return value === null ? '' : JSON.stringify(value);
};

describe('the rows of any file', () => {
  const scratch = new Scratch();
  afterAll(() => scratch.remove());

  it.each(FORMATS)(
    'come out one for one, with all that they had, and send indicators alone: %s',
    async (...[, name, write, of]) => {
      await fc.assert(
        fc.asyncProperty(rowsOf(of === 'text' ? note : scalar), async (rows) => {
          const options: Partial<BatchCommandOptions> = { column: 'ip' };
          const outcome = await runFile(scratch, name, write(rows), options);
          expect(outcome.rows.map((row) => visible(row).replace(/ \w+$/, ''))).toEqual(
            rows.map(([ip, value]) => visible(`${trimmed(ip)}|${textOf(value)}`)),
          );
          expect(outcome.json).toHaveLength(rows.length);
          for (const [index, [ip, value]] of rows.entries()) {
            const shown = typeof value === 'string' ? trimmed(value) : value;
            expect(JSON.parse(outcome.json[index] ?? '')).toEqual({ ip: trimmed(ip), note: shown });
          }
          expect(outcome.sent.filter((sent) => !ADDRESSES.includes(String(sent)))).toEqual([]);
          expect(new Set(outcome.sent).size).toBe(outcome.sent.length);
        }),
        { numRuns: 25 },
      );
    },
  );
});
