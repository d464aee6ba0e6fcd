import type { ColumnMapping } from '../../../../src/cli/input/row.js';
import { jsonLinesReader } from '../../../../src/cli/input/json-lines.js';
import { each, reading } from '../support/rows.js';

const MAPPING: ColumnMapping = { parameter: 'ip', perRow: [] };

function read(lines: readonly unknown[], mapping = MAPPING): ReturnType<typeof reading> {
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  return reading(jsonLinesReader(each([text]), mapping));
}

describe('lines of JSON', () => {
  it('are parameter sets, or the indicator alone', async () => {
    expect(await read([{ ip: '8.8.8.8', days: 3 }, '"1.1.1.1"', '', { domain: 'example.org' }])).toEqual({
      columns: ['ip', 'days', 'domain'],
      rows: [
        [['8.8.8.8', '3'], { ip: '8.8.8.8', days: 3 }],
        [['1.1.1.1'], { ip: '1.1.1.1' }],
        [['', '', 'example.org'], { domain: 'example.org' }],
      ],
    });
  });

  it('with a number that would become another one have no item', async () => {
    const lines = [
      '{"id": 12345678901234567890}',
      '{"of": [{"id": 12345678901234567891}]}',
      '{"id": 9007199254740991}',
    ];
    expect((await read(lines)).rows.map(([, read]) => read)).toEqual([
      expect.stringMatching(/^A number in the line is so large/),
      expect.stringMatching(/^A number in the line is so large/),
      { id: 9_007_199_254_740_991 },
    ]);
  });

  it('that are nested without an end have no item', async () => {
    const deep = `{"ip":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect((await read([deep])).rows).toEqual([[[], 'The line must not be nested deeper than 100 levels.']]);
  });

  it('cannot give the assets twice', async () => {
    const mapping: ColumnMapping = { parameter: 'ip', perRow: ['asset'] };
    expect((await read([{ ip: '8.8.8.8', assets: ['lab'], asset: 'geo' }], mapping)).rows).toEqual([
      [['8.8.8.8', '["lab"]', 'geo'], '"assets" says where the row runs and cannot be a parameter as well.'],
    ]);
  });

  it('give one of their fields as the indicator, where a column is named', async () => {
    const mapping: ColumnMapping = { parameter: 'ip', column: 'source', perRow: [] };
    expect((await read([{ source: '8.8.8.8', note: { a: 1 } }, '"1.1.1.1"', { note: 'x' }], mapping)).rows).toEqual([
      [['8.8.8.8', '{"a":1}'], { ip: '8.8.8.8' }],
      [['1.1.1.1'], { ip: '1.1.1.1' }],
      [['', 'x'], 'The line has no value in "source".'],
    ]);
  });

  it('say where each runs', async () => {
    const mapping: ColumnMapping = { parameter: 'ip', perRow: ['container_id', 'asset'] };
    const lines = [
      { ip: '8.8.8.8', container_id: 7, asset: 'geo' },
      { ip: '8.8.8.8', container_id: -1 },
    ];
    expect((await read(lines, mapping)).rows).toEqual([
      [['8.8.8.8', '7', 'geo'], { container_id: 7, assets: ['geo'], ip: '8.8.8.8' }],
      [['8.8.8.8', '-1'], 'container_id must be the number of a container, not "-1".'],
    ]);
  });

  it.each([
    ['{"ip": "8.8.8.8"', 'The line is not JSON.'],
    ['8.8.8.8', 'The line is not JSON.'],
    ['[1]', 'The line is neither an object nor a text.'],
    ['7', 'The line is neither an object nor a text.'],
    ['null', 'The line is neither an object nor a text.'],
    ['{}', 'The line has no value in "ip".'],
    ['{"ip": null}', 'The line has no value in "ip".'],
    ['" "', 'The line has no value in "ip".'],
  ])('that have no item have a reason, and harm no other: %s', async (line, problem) => {
    const { rows } = await read([line, { ip: '8.8.8.8' }]);
    expect(rows).toEqual([
      [expect.any(Array), problem],
      [expect.any(Array), { ip: '8.8.8.8' }],
    ]);
  });
});
