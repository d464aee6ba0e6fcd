import { EIGHT, ONE, runFile } from '../support/file-case.js';
import { Scratch } from '../support/scratch.js';

const MD5 = 'd41d8cd98f00b204e9800998ecf8427e';
const SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const IMP = 'f34d5f2d4577ed6d9ceec516c1f5a744';

const scratch = new Scratch();
afterAll(() => scratch.remove());

type Cell = readonly [parameter: string, cell: string, sent: readonly string[]];

const READ: readonly Cell[] = [
  ['email', '"Jane" <j@x.example>', ['j@x.example']],
  ['email', 'Jane Doe <j@x.example>', ['j@x.example']],
  ['email', '"Doe, Jane" <j@x.example>, Bob <b@x.example>', ['j@x.example', 'b@x.example']],
  ['email', 'j@x.example (Jane Doe)', ['j@x.example']],
  ['ip', '8.8.8.8 (dns.google)', [EIGHT]],
  ['ip', '8.8.8.8 (Google DNS)', [EIGHT]],
  ['ip', 'dns.google (8.8.8.8)', [EIGHT]],
  ['ip', 'dns.google [8.8.8.8]', [EIGHT]],
  ['ip', 'src=8.8.8.8 dst=1.1.1.1', [EIGHT, ONE]],
  ['ip', 'outside:8.8.8.8/53', [EIGHT]],
  ['hash', `MD5=${MD5},SHA256=${SHA256},IMPHASH=${IMP}`, [MD5, SHA256]],
  ['hash', `SHA256=${SHA256}`, [SHA256]],
  ['hash', `MD5: ${MD5}`, [MD5]],
  ['domain', '<evil.example>', ['evil.example']],
];

const NOT_READ: readonly Cell[] = [
  ['ip', 'seen at 8.8.8.8 today', []],
  ['ip', '8.8.8.8 today', []],
  ['ip', 'host 8.8.8.8', []],
  ['ip', 'http://8.8.8.8/x', []],
  ['ip', 'Postfix 3.4.13.1', []],
  ['hash', `x.exe ${MD5}`, []],
];

const quoted = (value: string): string => `"${value.replaceAll('"', '""')}"`;

describe.each<[string, readonly Cell[]]>([
  ['has beside its indicator what a line may have', READ],
  ['is a sentence, and is not read: the control', NOT_READ],
])('a cell that %s', (_kind, cells) => {
  it.each(cells)('for %s: %s', async (parameter, cell, sent) => {
    const table = await runFile(scratch, 'a.csv', `${parameter},n\n${quoted(cell)},1\n`, { parameter });
    const json = await runFile(scratch, 'a.jsonl', `${JSON.stringify({ [parameter]: cell })}\n`, { parameter });
    expect([table.sent, json.sent]).toEqual([sent, sent]);
    if (sent.length === 0) return;
    const line = await runFile(scratch, 'a.txt', `${cell}\n`, { parameter });
    expect(line.sent).toEqual(sent);
  });
});

describe('a path into the JSON in a cell', () => {
  const AUDIT = '{"ClientIP":"8.8.8.8","Items":[{"At":"1.1.1.1"}],"Actor":{"IP":"[::1]:80"},"Id":12345678901234567890}';
  const content = `Date,AuditData\nd,${quoted(AUDIT)}\nd,\nd,no JSON\n`;

  it.each([
    ['AuditData.ClientIP', [EIGHT]],
    ['auditdata.clientip', [EIGHT]],
    ['AuditData.Items.At', [ONE]],
    ['AuditData.Actor.IP', ['::1']],
  ])('%s is read', async (column, sent) => {
    const outcome = await runFile(scratch, 'a.csv', content, { column });
    expect(outcome.sent).toEqual(sent);
    expect(outcome.rows).toHaveLength(3);
    expect(outcome.rows.slice(1).every((row) => row.endsWith(' invalid'))).toBe(true);
  });

  it('is read in a line of JSON, where the text is a field', async () => {
    const line = JSON.stringify({ AuditData: AUDIT });
    expect((await runFile(scratch, 'a.jsonl', `${line}\n`, { column: 'AuditData.ClientIP' })).sent).toEqual([EIGHT]);
  });

  it('can be a condition', async () => {
    const where = ['AuditData.ClientIP=8.8.8.8'];
    expect((await runFile(scratch, 'a.csv', content, { column: 'AuditData.Items.At', where })).sent).toEqual([ONE]);
  });

  it('that is in no cell is refused, and the columns are named', async () => {
    const { exit, says } = await runFile(scratch, 'a.csv', content, { column: 'AuditData.Nowhere' });
    expect(exit).toBe(2);
    expect(says).toMatch(/has no column "AuditData\.Nowhere"; .* did you mean --column AuditData\.ClientIP\?/);
  });

  it('is not looked for where a column has that name', async () => {
    const table = `a.b,a\n8.8.8.8,${quoted('{"b":"1.1.1.1"}')}\n`;
    expect((await runFile(scratch, 'a.csv', table, { column: 'a.b' })).sent).toEqual([EIGHT]);
  });
});
