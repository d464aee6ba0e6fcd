import { UserError } from '../../../../src/cli/errors.js';
import type { ColumnMapping } from '../../../../src/cli/input/row.js';
import { delimitedReader } from '../../../../src/cli/input/delimited.js';
import { each, reading } from '../support/rows.js';

const MAPPING: ColumnMapping = { parameter: 'ip', perRow: [] };
type Read = Awaited<ReturnType<typeof reading>>;

function read(content: string, mapping = MAPPING, delimiter: ',' | '\t' = ','): Promise<Read> {
  return reading(delimitedReader({ name: 'in.csv', text: each([content]), delimiter }, mapping));
}

const EIGHT = [['8.8.8.8'], { ip: '8.8.8.8' }];
const ONE = [['1.1.1.1'], { ip: '1.1.1.1' }];

describe('a CSV of indicators', () => {
  it.each([
    ['plain', 'ip\n8.8.8.8\n1.1.1.1\n'],
    ['without a last line end', 'ip\n8.8.8.8\n1.1.1.1'],
    ['with a byte order mark', '\uFEFFip\n8.8.8.8\n1.1.1.1\n'],
    ['with CRLF', 'ip\r\n8.8.8.8\r\n1.1.1.1\r\n'],
    ['with empty lines', '\nip\n\n8.8.8.8\n\n\n1.1.1.1\n\n'],
    ['with spaces around', ' ip \n 8.8.8.8\n1.1.1.1 \n'],
    ['with quotes', '"ip"\n"8.8.8.8"\n1.1.1.1\n'],
  ])('is read %s', async (_what, content) => {
    expect(await read(content)).toEqual({ columns: ['ip'], rows: [EIGHT, ONE] });
  });

  it('keeps its columns as they stand, with commas, quotes and line ends in them', async () => {
    expect(await read('note,IP,who\n"a, ""b""\nc",8.8.8.8,ana\n,1.1.1.1,\n')).toEqual({
      columns: ['note', 'IP', 'who'],
      rows: [
        [['a, "b"\nc', '8.8.8.8', 'ana'], { ip: '8.8.8.8' }],
        [['', '1.1.1.1', ''], { ip: '1.1.1.1' }],
      ],
    });
  });

  it('keeps columns that share a name, have none, or have one that objects have', async () => {
    const { columns, rows } = await read('ip,x,x,,__proto__\n8.8.8.8,1,2,3,4\n');
    expect([columns, rows]).toEqual([
      ['ip', 'x', 'x', '', '__proto__'],
      [[['8.8.8.8', '1', '2', '3', '4'], { ip: '8.8.8.8' }]],
    ]);
  });

  it('takes the indicators from the column it is told, into the parameter it is told', async () => {
    const { rows } = await read('Source,ip\nexample.org,x\n', { parameter: 'domain', column: 'source', perRow: [] });
    expect(rows).toEqual([[['example.org', 'x'], { domain: 'example.org' }]]);
  });

  it('takes from each row where it runs, and leaves out what is empty', async () => {
    const content = 'ip,asset,container_id,app_id\n8.8.8.8,geo,7,3\n1.1.1.1,, 8 ,a-guid\n9.9.9.9,,,\n';
    const { rows } = await read(content, { parameter: 'ip', perRow: ['container_id', 'app_id', 'asset'] });
    expect(rows.map(([, item]) => item)).toEqual([
      { container_id: 7, app_id: 3, assets: ['geo'], ip: '8.8.8.8' },
      { container_id: 8, app_id: 'a-guid', ip: '1.1.1.1' },
      { ip: '9.9.9.9' },
    ]);
  });
});

describe('a bad row of a CSV', () => {
  it('has its reason, and leaves the others as they are', async () => {
    const mapping: ColumnMapping = { parameter: 'ip', perRow: ['container_id'] };
    const content = 'ip,container_id\n8.8.8.8,1\n,1\n1.1.1.1\n1.1.1.1,1,2\n1.1.1.1,abc\n1.1.1.1,0\n9.9.9.9,2\n';
    expect((await read(content, mapping)).rows).toEqual([
      [['8.8.8.8', '1'], { container_id: 1, ip: '8.8.8.8' }],
      [['', '1'], 'The row has no value in column "ip".'],
      [['1.1.1.1'], 'The row has not as many values as the header: 1 instead of 2.'],
      [['1.1.1.1', '1'], 'The row has not as many values as the header: 3 instead of 2.'],
      [['1.1.1.1', 'abc'], 'container_id must be the number of a container, not "abc".'],
      [['1.1.1.1', '0'], 'container_id must be the number of a container, not "0".'],
      [['9.9.9.9', '2'], { container_id: 2, ip: '9.9.9.9' }],
    ]);
  });

  it('is one that no page of items can hold', async () => {
    const { rows } = await read(`ip\n${'x'.repeat(200_000)}\n8.8.8.8\n`);
    expect(rows).toEqual([
      [[expect.any(String)], 'The row takes 200009 bytes as JSON; at most 131070 can be sent.'],
      EIGHT,
    ]);
  });
});

describe('a TSV', () => {
  it('is divided at tabs alone', async () => {
    expect((await read('ip\tnote\n8.8.8.8\ta, b\n', MAPPING, '\t')).rows).toEqual([
      [['8.8.8.8', 'a, b'], { ip: '8.8.8.8' }],
    ]);
  });

  it('may have quotes in the middle of a value, and around one', async () => {
    expect((await read('ip\tnote\n8.8.8.8\t5" disk\n1.1.1.1\t"a\tb"\n', MAPPING, '\t')).rows).toEqual([
      [['8.8.8.8', '5" disk'], { ip: '8.8.8.8' }],
      [['1.1.1.1', 'a\tb'], { ip: '1.1.1.1' }],
    ]);
  });
});

describe('a CSV that is refused', () => {
  it.each([
    ['without anything', '', 'in.csv is empty: it must have a header line with a column "ip".'],
    ['without the column', 'a,b\n1,2\n', 'in.csv has no column "ip"; its columns are "a", "b".'],
    ['with the column twice', 'ip,IP\n1,2\n', 'in.csv has 2 columns "ip"; it must have one.'],
    [
      'with a quote in the middle of a value',
      'ip\n8.8"8.8\n',
      'in.csv cannot be read: a quote stands in the middle of a value (line 2).',
    ],
    [
      'with a value after its closing quote',
      'ip\n"8.8.8.8"x\n',
      'in.csv cannot be read: a quoted value goes on after its closing quote (line 2).',
    ],
    [
      'with a quote that is never closed',
      'ip,note\n8.8.8.8,"open\n1.1.1.1,x\n',
      'in.csv cannot be read: a quote is opened and never closed (line 3).',
    ],
    [
      'with a quote that is never closed in a large file',
      `ip\n"${'x\n'.repeat(600_000)}`,
      /^in\.csv cannot be read: a row is larger than 1 MiB; perhaps a quote is opened and never closed \(line \d+\)\.$/,
    ],
  ])('%s says so', async (_what, content, says) => {
    const refused = read(content);
    await expect(refused).rejects.toBeInstanceOf(UserError);
    await expect(refused).rejects.toMatchObject({ exitCode: 2 });
    await expect(refused).rejects.toThrow(says);
  });

  it('shows few columns, each short and without a control character', async () => {
    const header = ['\u001b[31mred\u009b1m', 'x'.repeat(500), ...Array.from({ length: 20 }, (_, index) => `c${index}`)];
    const problem: unknown = await read(`${header.join(',')}\n`).catch((error: unknown) => error);
    const { message } = problem instanceof Error ? problem : new Error();
    expect(message).not.toMatch(/\p{Cc}/u);
    expect(message).toMatch(/"c7" and 12 more\.$/);
    expect(message.length).toBeLessThan(400);
  });

  it('because it cannot be read on says so', async () => {
    async function* text(): AsyncGenerator<string> {
      yield* each(['ip\n']);
      throw new Error('input/output error');
    }
    await expect(reading(delimitedReader({ name: 'in.csv', text: text(), delimiter: ',' }, MAPPING))).rejects.toThrow(
      'input/output error',
    );
  });
});
