import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import * as files from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readIndicators } from '../../../../src/cli/batch/read-indicators.js';
import type { Indicators } from '../../../../src/cli/batch/read-indicators.js';
import { Problem } from '../../../../src/cli/problem.js';

jest.mock('node:fs/promises', () => ({ __esModule: true, ...jest.requireActual<typeof files>('node:fs/promises') }));

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'soar-runner-indicators-'));
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function reading(content: string | Uint8Array): Promise<Indicators> {
  const file = path.join(folder, 'in.csv');
  writeFileSync(file, content);
  return readIndicators(file);
}

describe('a table of indicators', () => {
  it.each([
    ['plain', 'ip\n8.8.8.8\n1.1.1.1\n'],
    ['without a last line end', 'ip\n8.8.8.8\n1.1.1.1'],
    ['with a byte order mark', '\uFEFFip\n8.8.8.8\n1.1.1.1\n'],
    ['with CRLF', 'ip\r\n8.8.8.8\r\n1.1.1.1\r\n'],
    ['with empty lines', '\nip\n\n8.8.8.8\n\n\n1.1.1.1\n\n'],
    ['with spaces around', ' ip \n 8.8.8.8\n1.1.1.1 \n'],
    ['with quotes', '"ip"\n"8.8.8.8"\n1.1.1.1\n'],
    ['with the header in another case', 'Ip\n8.8.8.8\n1.1.1.1\n'],
  ])('is read %s', async (_what, content) => {
    const { columns, addresses } = await reading(content);
    expect({ columns, addresses }).toEqual({ columns: ['ip'], addresses: ['8.8.8.8', '1.1.1.1'] });
  });

  it('keeps its other columns as they stand, with commas, quotes and line ends in them', async () => {
    const content = 'note,IP,who\n"a, ""b""\nc",8.8.8.8,ana\n,1.1.1.1,\n';
    expect(await reading(content)).toEqual({
      columns: ['note', 'ip', 'who'],
      rows: [
        ['a, "b"\nc', '8.8.8.8', 'ana'],
        ['', '1.1.1.1', ''],
      ],
      addresses: ['8.8.8.8', '1.1.1.1'],
    });
  });

  it('keeps columns that share a name or have none', async () => {
    const { columns, rows } = await reading('ip,x,x,,\n8.8.8.8,1,2,3,4\n');
    expect([columns, rows]).toEqual([['ip', 'x', 'x', '', ''], [['8.8.8.8', '1', '2', '3', '4']]]);
  });

  it('keeps rows without an address, for SOAR to refuse', async () => {
    expect((await reading('ip,note\n,x\n')).addresses).toEqual(['']);
  });

  it('takes a column of a name that objects have for what it is', async () => {
    expect((await reading('__proto__,ip\nx,8.8.8.8\n')).rows).toEqual([['x', '8.8.8.8']]);
  });
});

describe('a table that is refused', () => {
  it.each([
    ['a quote in the middle of a value', 'ip\n8.8"8.8\n', 'a quote stands in the middle of a value (line 2).'],
    ['a value after its closing quote', 'ip\n"8.8.8.8"x\n', 'a quoted value goes on after its closing quote (line 2).'],
    ['a row that is too long', 'ip\n8.8.8.8,x\n', 'a row has not as many values as the header (line 2).'],
  ])('for %s says where', async (_what, content, says) => {
    await expect(reading(content)).rejects.toThrow(`in.csv is not a CSV file: ${says}`);
  });

  it('shows few columns, each short and without a control character', async () => {
    const header = ['\u001b[31mred\u009b1m', 'x'.repeat(500), ...Array.from({ length: 20 }, (_, index) => `c${index}`)];
    const problem: unknown = await reading(`${header.join(',')}\n`).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(Problem);
    const { message } = problem instanceof Error ? problem : new Error();
    expect(message).not.toMatch(/\p{Cc}/u);
    expect(message).toMatch(/"c7" and 12 more\.$/);
    expect(message.length).toBeLessThan(400);
  });

  it.each([
    ['EACCES', 'may not be read by this user.'],
    ['EIO', 'cannot be read: input/output error.'],
  ])('because of %s says so', async (code, says) => {
    const refusal = Object.assign(new Error('input/output error'), { code });
    jest.spyOn(files, 'stat').mockRejectedValue(refusal);
    await expect(readIndicators('in.csv')).rejects.toEqual(new Problem(`in.csv ${says}`));
  });
});
