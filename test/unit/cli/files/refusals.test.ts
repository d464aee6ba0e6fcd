import { gzipSync } from 'node:zlib';
import type { BatchCommandOptions } from '../../../../src/cli/batch-command.js';
import { EIGHT, runFile } from '../support/file-case.js';
import { Scratch } from '../support/scratch.js';

interface Advised {
  readonly name: string;
  readonly content: string | Uint8Array;
  readonly options?: Partial<BatchCommandOptions>;
  readonly says: RegExp;
  /** The same as options. */
  readonly followed: Partial<BatchCommandOptions>;
  readonly sent: readonly string[];
}

const MANY = Array.from({ length: 1_000 }, (_, index) => `10.0.${index % 7}.${index % 251}\n`).join('');
const latin1 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

/** What is refused with an option, and what comes of it where that option is said. */
const ADVISED: Readonly<Record<string, Advised>> = {
  'a condition on a field that is not there, beside a name that could be a domain': {
    name: 'a.jsonl',
    content: '{"host.name":"evil.example","type":"a"}\n',
    options: { parameter: 'domain', column: 'host.name', where: ['typ=a'] },
    says: /^a\.jsonl has no column "typ"; .* did you mean --where type=VALUE\?$/,
    followed: { parameter: 'domain', column: 'host.name', where: ['type=a'] },
    sent: ['evil.example'],
  },
  'lines of JSON without the field': {
    name: 'a.jsonl',
    content: '{"src":"8.8.8.8","user":"a"}\n',
    says: /^a\.jsonl has no column "ip"; its columns are "src", "user": did you mean --column src\?$/,
    followed: { column: 'src' },
    sent: [EIGHT],
  },
  'a path with a name missing in it': {
    name: 'a.json',
    content: '{"a":{"b":[{"ip":"8.8.8.8"}]}}',
    options: { rows: 'a..b' },
    says: /^--rows a\.\.b: a name between dots is missing\.$/,
    followed: { rows: 'a.b' },
    sent: [EIGHT],
  },
  'lines of JSON with the field in an object': {
    name: 'a.jsonl',
    content: '{"source":{"address":"8.8.8.8"}}\n',
    says: /did you mean --column source\.address\?$/,
    followed: { column: 'source.address' },
    sent: [EIGHT],
  },
  'lines of JSON with the field in a list of each': {
    name: 'a.jsonl',
    content: '{"id":"5","seen":[{"at":"8.8.8.8"}]}\n{"id":"6","seen":[{"at":"1.1.1.1"}]}\n',
    options: { column: 'at' },
    says: /its columns are "id", "seen": did you mean --column seen\.at\? A list inside has it; .* say --rows 'seen\[\]'\.$/,
    followed: { column: 'at', rows: 'seen[]' },
    sent: [EIGHT, '1.1.1.1'],
  },
  'events whose lists have the field, and they do not': {
    name: 'a.jsonl',
    content:
      '{"client":{"address":"8.8.8.8"},"chain":[{"ip":"9.9.9.9"}]}\n{"client":{"address":"1.1.1.1"},"chain":[]}\n',
    says: /its columns are "client", "chain": did you mean --column client\.address\?/,
    followed: { column: 'client.address' },
    sent: [EIGHT, '1.1.1.1'],
  },
  'a list of events with the field in a list of one': {
    name: 'a.json',
    content: '[{"src":"8.8.8.8"},{"src":"1.1.1.1","hops":[{"ip":"9.9.9.9"}]}]',
    says: /its columns are "src", "hops": did you mean --column src\? .* say --rows '\[\]\.hops\[\]'\.$/,
    followed: { column: 'src' },
    sent: [EIGHT, '1.1.1.1'],
  },
  'a column of a list': {
    name: 'a.txt',
    content: '8.8.8.8\n1.1.1.1\n',
    options: { column: 'nosuch' },
    says: /^a\.txt is read as a list of lines, which has no columns: leave --column out; .* say --format csv/,
    followed: {},
    sent: [EIGHT, '1.1.1.1'],
  },
  'a column of a text that is said to be a list': {
    name: 'a.csv',
    content: 'x\n8.8.8.8\n',
    options: { column: 'x', format: 'list' },
    says: /leave --column out; if it is a table, say --format csv/,
    followed: { column: 'x', format: 'csv' },
    sent: [EIGHT],
  },
  'a banner before lines of JSON without the field': {
    name: 'a.log',
    content: 'service started\n{"src":"8.8.8.8","dst":"10.0.0.1"}\n{"src": "1.1.1.1"}\n',
    says: /did you mean --column src\?/,
    followed: { column: 'src' },
    sent: [EIGHT, '1.1.1.1'],
  },
  'comments among lines of JSON without the field': {
    name: 'a.log',
    content: '# a\n\n# b\n{"src":"8.8.8.8"}\n# c\n{"src":"1.1.1.1"}\n',
    says: /did you mean --column src\?/,
    followed: { column: 'src' },
    sent: [EIGHT, '1.1.1.1'],
  },
  'a table without the column': {
    name: 'a.csv',
    content: 'user,dst_ip\na,8.8.8.8\n',
    says: /^a\.csv has no column "ip"; its columns are "user", "dst_ip": did you mean --column dst_ip\?$/,
    followed: { column: 'dst_ip' },
    sent: [EIGHT],
  },
  'a column that is misspelt': {
    name: 'a.csv',
    content: 'Source Address,n\n8.8.8.8,a\n',
    options: { column: 'Source Adress' },
    says: /did you mean --column 'Source Address'\?$/,
    followed: { column: 'Source Address' },
    sent: [EIGHT],
  },
  'a condition on a column that is misspelt': {
    name: 'a.csv',
    content: 'type,ip\nip,8.8.8.8\n',
    options: { where: ['typ=ip'] },
    says: /has no column "typ"; .* did you mean --where type=VALUE\?$/,
    followed: { where: ['type=ip'] },
    sent: [EIGHT],
  },
  'two columns of the name': {
    name: 'a.csv',
    content: 'ip,IP\n8.8.8.8,1.1.1.1\n',
    says: /^a\.csv has 2 columns "ip"; say which by its place: --column 1 or --column 2\.$/,
    followed: { column: '1' },
    sent: [EIGHT],
  },
  'no header and two columns that fit': {
    name: 'a.csv',
    content: '8.8.8.8,1.1.1.1\n',
    says: /say --no-header --column 1 or --no-header --column 2\.$/,
    followed: { header: false, column: '1' },
    sent: [EIGHT],
  },
  'a quote that is never closed': {
    name: 'a.csv',
    content: '# c\nip,note\n8.8.8.8,"open\n',
    says: /^a\.csv cannot be read: a quote is opened and never closed \(line \d\)\. Say --no-quotes/,
    followed: { quotes: false },
    sent: [EIGHT],
  },
  'a value behind a closing quote': {
    name: 'a.csv',
    content: 'ip,note\n8.8.8.8,"a"b\n',
    says: /a quoted value goes on after its closing quote \(line 2\)\. Say --no-quotes/,
    followed: { quotes: false },
    sent: [EIGHT],
  },
  'a quote that is opened and never closed in a large file': {
    name: 'a.csv',
    content: `ip\n8.8.8.8\n"${`${'x'.repeat(10_000)}\n`.repeat(120)}`,
    says: /a row is larger than 1 MiB; perhaps a quote is opened and never closed \(line \d+\)\. Say --no-quotes/,
    followed: { quotes: false, limit: 1 },
    sent: [EIGHT],
  },
  'Latin-1': {
    name: 'a.csv',
    content: latin1('ip,stadt\n8.8.8.8,München\n'),
    says: /^a\.csv is not UTF-8 text: save it as UTF-8, or say --encoding windows-1252/,
    followed: { encoding: 'windows-1252' },
    sent: [EIGHT],
  },
  'a path that is not there': {
    name: 'a.json',
    content: '{"feed":[{"ip":"8.8.8.8"}]}',
    options: { rows: 'Records[]' },
    says: /^a\.json has nothing at --rows Records\[\]; its lists are --rows 'feed\[\]'\.$/,
    followed: { rows: 'feed[]' },
    sent: [EIGHT],
  },
  'a list under the name of JSON': {
    name: 'a.json',
    content: '8.8.8.8\n',
    says: /^a\.json is not JSON: .* say --format csv or --format list\.$/,
    followed: { format: 'list' },
    sent: [EIGHT],
  },
};

/** What is refused with the way to a file that can be read. */
const FOREIGN: readonly (readonly [what: string, name: string, content: string | Uint8Array, says: RegExp])[] = [
  [
    'XML',
    'a.xml',
    '<?xml version="1.0"?><a/>',
    /is XML or HTML, .*yq -p xml -o json a\.xml .*grep -oE '\(\[0-9\]\{1,3\}.* a\.xml > list\.txt\.$/,
  ],
  ['a page of HTML instead of a feed', 'a.csv', '<!DOCTYPE html><html></html>', /is XML or HTML/],
  [
    'an Excel workbook',
    'a.xlsx',
    Buffer.from('PK\u0003\u0004 '),
    /save its sheet as "CSV UTF-8", or: soffice --headless --convert-to csv a\.xlsx\.$/,
  ],
  [
    'an old Excel workbook',
    'a.xls',
    Buffer.from('d0cf11e0a1b11ae1', 'hex'),
    /soffice --headless --convert-to csv a\.xls\.$/,
  ],
  ['a ZIP file', 'a b.zip', Buffer.from('PK\u0003\u0004 '), /unpack it: unzip 'a b\.zip'\.$/],
  ['xz', 'a.csv.xz', Buffer.from('fd377a585a0000', 'hex'), /unpack it: xz -dk a\.csv\.xz\.$/],
  ['bzip2', 'a.csv.bz2', Buffer.from('BZh91AY'), /unpack it: bunzip2 -k a\.csv\.bz2\.$/],
  ['a PDF', 'a.pdf', '%PDF-1.7', /pdftotext -layout a\.pdf/],
  ['a Windows event log', 'a.evtx', 'ElfFile\0', /evtx_dump -o jsonl a\.evtx/],
  ['junk', 'a.txt', Uint8Array.from({ length: 50 }, (_, index) => index), /^a\.txt is not a text file\.$/],
  ['gzip that is cut off', 'a.csv.gz', gzipSync(MANY).subarray(0, 400), /is packed and damaged, or cut off/],
  ['an empty table', 'a.csv', '', /^a\.csv is empty: it must have a header line with a column "ip"\.$/],
  ['a header alone', 'a.csv', 'ip\n', /^a\.csv has no rows\.$/],
  ['a JSON list without rows', 'a.json', '[]\n', /^a\.json has no rows\.$/],
  [
    'rows under a name with a dot in it',
    'a.json',
    '{"x":{"a.b":[{"ip":"8.8.8.8"}]}}',
    /"x" in "a\.b", which no path can say\. Take it out: jq '\.\["x"\]\["a\.b"\]' a\.json > rows\.json\.$/,
  ],
  [
    'texts under a name with dots side by side',
    'a.json',
    '{"a..":["8.8.8.8"]}',
    /jq '\.\["a\.\."\]' a\.json > rows\.json\.$/,
  ],
  ['rows under no name', 'a.json', '{"":[{"ip":"8.8.8.8"}]}', /jq '\.\[""\]' a\.json/],
  [
    'an object by address',
    'a.json',
    '{"8.8.8.8":{"count":3},"1.1.1.1":{"count":4}}',
    /names where values are expected, as "8\.8\.8\.8"\. Make rows: jq 'to_entries' a\.json > rows\.json; then --column key\.$/,
  ],
  ['an object of texts by address', 'a.json', '{"1.1.1.1":"bad","8.8.8.8":"worse"}', /as "1\.1\.1\.1"\. Make rows/],
  ['an empty list', 'a.txt', '# nothing\n', /^a\.txt has no rows\.$/],
];

const scratch = new Scratch();
afterAll(() => scratch.remove());

describe('a file that is refused', () => {
  it.each(Object.entries(ADVISED))('is read where the advice is followed: %s', async (_what, one) => {
    const refused = await runFile(scratch, one.name, one.content, one.options);
    expect(refused.says).toMatch(one.says);
    expect([refused.exit, refused.sent]).toEqual([2, []]);
    const { exit, sent } = await runFile(scratch, one.name, one.content, one.followed);
    expect({ exit, sent }).toEqual({ exit: 0, sent: one.sent });
  });

  it.each(FOREIGN)('says the way to one that is not: %s', async (_what, name, content, says) => {
    const { exit, says: said, sent } = await runFile(scratch, name, content);
    expect(said).toMatch(says);
    expect([exit, sent]).toEqual([2, []]);
    expect(said).not.toMatch(/\p{Cc}/u);
  });

  it('names few columns, each short and without a control character', async () => {
    const names = ['\u001b[31mred\u009b1m', 'x'.repeat(500), ...Array.from({ length: 20 }, (_, index) => `c${index}`)];
    const { says } = await runFile(scratch, 'a.csv', `${names.join(',')}\n${names.map(() => 'v').join(',')}\n`);
    expect(says).not.toMatch(/\p{Cc}/u);
    expect(says).toMatch(/"c7" and 12 more: say --column NAME/);
    expect(says.length).toBeLessThan(450);
  });
});

describe('a file that is packed or encoded', () => {
  it.each<[string, string, Uint8Array]>([
    ['gzip', 'a.csv.gz', gzipSync('ip\n8.8.8.8\n')],
    ['gzip without the name', 'a.csv', gzipSync('ip\n8.8.8.8\n')],
    ['gzip in two parts', 'a.csv.gz', Buffer.concat([gzipSync('ip\n'), gzipSync('8.8.8.8\n')])],
    ['UTF-16 with a byte order mark', 'a.csv', Buffer.from('\uFEFFip\n8.8.8.8\n', 'utf16le')],
    ['UTF-16 without one', 'a.csv', Buffer.from('ip\n8.8.8.8\n', 'utf16le')],
  ])('is read: %s', async (_what, name, content) => {
    const { exit, sent } = await runFile(scratch, name, content);
    expect({ exit, sent }).toEqual({ exit: 0, sent: [EIGHT] });
  });
});

describe('an input with more than 500 columns', () => {
  it('has the values of the others in one', async () => {
    const fields = Object.fromEntries(Array.from({ length: 510 }, (_, index) => [`f${index}`, index]));
    const { json, says, header } = await runFile(scratch, 'a.jsonl', JSON.stringify({ ip: EIGHT, ...fields }));
    expect(header.split('|')).toHaveLength(501);
    expect(json[0]).toContain('"more_fields":{"f499":499,');
    expect(says).toContain('There are more than 500 columns');
  });
});
