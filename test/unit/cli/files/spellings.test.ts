import type { BatchCommandOptions } from '../../../../src/cli/batch-command.js';
import { EIGHT, ONE, runFile } from '../support/file-case.js';
import { Scratch } from '../support/scratch.js';

const V6 = '2001:4860:4860::8888';

type Spelling = readonly [parameter: string, value: string, sent: readonly string[], says?: string];

const SPELLINGS: readonly Spelling[] = [
  ['ip', '8[.]8[.]8[.]8', [EIGHT], '1 refanged'],
  ['ip', '8.8.8[.]8', [EIGHT], '1 refanged'],
  ['ip', '8(.)8(.)8(.)8', [EIGHT]],
  ['ip', '8[dot]8[dot]8[dot]8', [EIGHT]],
  ['ip', '8 [.] 8 [.] 8 [.] 8', [EIGHT]],
  ['ip', '8\\.8\\.8\\.8', [EIGHT]],
  ['ip', '8[.8[.8[.8', [EIGHT]],
  ['ip', '8．8．8．8', [EIGHT]],
  ['ip', '8.8.8.8:443', [EIGHT], '1 without port'],
  ['ip', '8[.]8[.]8[.]8:443', [EIGHT], '1 refanged'],
  ['ip', '8.8.8.8|1389', [EIGHT], '1 without port'],
  ['ip', '8.8.8.8#53', [EIGHT]],
  ['ip', '8.8.8.8/32', [EIGHT], '1 without prefix'],
  ['ip', '8.8.8.8.', [EIGHT]],
  ['ip', '8.8.8.8,', [EIGHT]],
  ['ip', "'8.8.8.8'", [EIGHT], '1 unwrapped'],
  ['ip', '<8.8.8.8>', [EIGHT]],
  ['ip', '[8.8.8.8]', [EIGHT]],
  ['ip', '(8.8.8.8)', [EIGHT]],
  ['ip', '::ffff:8.8.8.8', [EIGHT], '1 respelled'],
  ['ip', '::FFFF:808:808', [EIGHT]],
  ['ip', `[${V6}]:443`, [V6], '1 without port'],
  ['ip', `[${V6}]`, [V6]],
  ['ip', `${V6}/128`, [V6]],
  ['ip', '2001:4860:4860:0000:0000:0000:0000:8888', [V6], '1 respelled'],
  ['ip', '2001:4860:4860:0:0:0:0:8888', [V6]],
  ['ip', '2001:4860:4860::8888'.toUpperCase(), [V6]],
  ['ip', '2001[:]4860[:]4860[:][:]8888', [V6]],
  ['ip', "['8.8.8.8', '1.1.1.1']", [EIGHT, ONE]],
  ['ip', '["8.8.8.8","1.1.1.1"]', [EIGHT, ONE]],
  ['ip', '8.8.8.8, 1.1.1.1', [EIGHT, ONE]],
  ['ip', '8.8.8.8;1.1.1.1', [EIGHT, ONE]],
  ['ip', '8.8.8.8\n1.1.1.1', [EIGHT, ONE]],
  ['ip', '8.8.8.8 1.1.1.1', [EIGHT, ONE]],
  ['ip', '8.8.8.8, unknown', [EIGHT]],
  ['ip', 'a.example|8.8.8.8', [EIGHT]],
  ['ip', '8.8.8.8, 8[.]8[.]8[.]8', [EIGHT]],
  ['domain', 'EXAMPLE[.]org', ['example.org'], '1 refanged'],
  ['domain', 'example.org.', ['example.org']],
  ['domain', 'example.org:443', ['example.org']],
  ['domain', 'münchen.de', ['xn--mnchen-3ya.de'], '1 respelled'],
  ['domain', 'example.org|8.8.8.8', ['example.org']],
  ['domain', 'dc01.corp.local', ['dc01.corp.local']],
  ['url', 'hxxp://example[.]org/A?b=C', ['http://example.org/A?b=C'], '1 refanged'],
  ['url', 'hxxps[:]//example[.]org/', ['https://example.org/']],
  ['url', 'h**p://example.org/a', ['http://example.org/a']],
  ['url', 'HTTP://Example.ORG/Path', ['http://example.org/Path'], '1 respelled'],
  ['url', 'example.org/Path', ['example.org/Path']],
  ['url', '* hxxp://example[.]org/x', ['http://example.org/x']],
  ['url', '<hxxp://example.org/x>', ['http://example.org/x']],
  ['url', 'hxxp://example.org/x', ['http://example.org/x'], '1 refanged'],
  ['url', 'hXXps://example.org/x', ['https://example.org/x'], '1 refanged'],
  ['url', 'http://8.8.8.8:8080/x', ['http://8.8.8.8:8080/x']],
  ['url', 'http://example.org/a,b', ['http://example.org/a,b']],
  ['url', 'http://example.org/a,http://example.org/b', ['http://example.org/a', 'http://example.org/b']],
  ['hash', 'DA39A3EE5E6B4B0D3255BFEF95601890AFD80709', ['da39a3ee5e6b4b0d3255bfef95601890afd80709'], '1 respelled'],
  ['hash', 'x.exe|d41d8cd98f00b204e9800998ecf8427e', ['d41d8cd98f00b204e9800998ecf8427e']],
  ['email', 'Ana[at]Example[.]org', ['Ana@example.org']],
  ['user', 'Ana[at]Example', ['Ana[at]Example']],
];

/** What no spelling makes an indicator of this kind, and the reason of the row. */
const NONE: readonly (readonly [parameter: string, value: string, reason: string])[] = [
  ['ip', '8.8.8.0/24', '"8.8.8.0/24" is a network, not an ip.'],
  ['ip', '2001:db8::/32', '"2001:db8::/32" is a network, not an ip.'],
  ['ip', '8.8.8.1-8.8.8.9', '"8.8.8.1-8.8.8.9" is a range of addresses, not an ip.'],
  ['ip', 'example.org', '"example.org" is a domain, not an ip.'],
  ['ip', 'http://8.8.8.8/x', '"http://8.8.8.8/x" is a url, not an ip.'],
  ['ip', 'd41d8cd98f00b204e9800998ecf8427e', '"d41d8cd98f00b204e9800998ecf8427e" is a hash, not an ip.'],
  ['ip', '300.1.1.1', '"300.1.1.1" is not an ip.'],
  ['ip', '008.008.008.008', '"008.008.008.008" is not an ip.'],
  ['ip', '134744072', '"134744072" is not an ip.'],
  ['ip', '8.8\u200b.8.8', '"8.8\\u200b.8.8" is not an ip.'],
  ['ip', 'fe80::1%eth0', '"fe80::1%eth0" is not an ip.'],
  ['ip', 'seen at 8.8.8.8 today', '"seen at 8.8.8.8 today" is not an ip.'],
  ['ip', '8.8.8.8:99999', '"8.8.8.8:99999" is not an ip.'],
  ['domain', '8.8.8.8', '"8.8.8.8" is an ip, not a domain.'],
  ['domain', '45[.]43[.]91[.]10', '"45[.]43[.]91[.]10" is an ip, not a domain.'],
  ['ip', 'evil[.]example', '"evil[.]example" is a domain, not an ip.'],
  ['ip', 'hxxp://evil[.]example/a', '"hxxp://evil[.]example/a" is a url, not an ip.'],
  ['domain', 'explorer.exe', '"explorer.exe" is not a domain.'],
  ['domain', 'localhost', '"localhost" is not a domain.'],
  ['domain', '*.example.org', '"*.example.org" is not a domain.'],
  ['url', 'http://example.org/a b.exe', '"http://example.org/a b.exe" is not a url.'],
  ['url', 'x', '"x" is not a url.'],
  ['hash', 'd41d8cd9', '"d41d8cd9" is not a hash.'],
  ['email', 'ana', '"ana" is not an email.'],
  ['ip', '-', 'The row has no value in "ip".'],
  ['ip', 'N/A', 'The row has no value in "ip".'],
  ['ip', 'null', 'The row has no value in "ip".'],
  ['ip', 'none', 'The row has no value in "ip".'],
  ['ip', ' \u200b ', 'The row has no value in "ip".'],
];

/** Plain lists of addresses. */
const LISTS: Readonly<Record<string, readonly [content: string, sent: readonly string[], rows: number]>> = {
  'comments and empty lines': ['\uFEFF# seen\n8.8.8.8\n\n; x\n// y\n  1.1.1.1 \r\n', [EIGHT, ONE], 2],
  'comments behind the indicator': ['8.8.8.8 # dns\n1.1.1.1 ; SBL1\n', [EIGHT, ONE], 2],
  'a count behind the indicator, as IPsum has it': ['# IPsum\n#\n8.8.8.8\t10\n1.1.1.1\t9\n', [EIGHT, ONE], 2],
  'a semicolon before its comments, as Spamhaus has it': ['; DROP\n8.8.8.0/24 ; SBL1\n1.1.1.1/32 ; SBL2\n', [ONE], 2],
  'a mark before each': ['- 8.8.8.8\n* 1.1.1.1\n', [EIGHT, ONE], 2],
  'several on a line': ['8.8.8.8 1.1.1.1\n', [EIGHT, ONE], 1],
  'several on a line, with commas': ['8.8.8.8, 1.1.1.1\n', [EIGHT, ONE], 1],
  'networks among them, as FireHOL has them': ['8.8.8.0/24\n1.1.1.1\n', [ONE], 2],
  'IPv6 in brackets at the beginning': [`[${V6}]:443\n8.8.8.8\n`, [V6, EIGHT], 2],
  'CR alone': ['8.8.8.8\r1.1.1.1\r', [EIGHT, ONE], 2],
  'the name of the parameter on top': ['ip\n8.8.8.8\n1.1.1.1\n', [EIGHT, ONE], 2],
  'marks nobody sees': ['8.8.8.8\u200b\n\u202a1.1.1.1\u202c\n8.8.8.8\u00a0\n', [EIGHT, ONE], 3],
  'a line that is too long': [`8.8.8.8\n${'x'.repeat(1024 * 1024 + 1)}\n1.1.1.1\n`, [EIGHT, ONE], 3],
};

const scratch = new Scratch();
afterAll(() => scratch.remove());

const quoted = (value: string): string => `"${value.replaceAll('"', '""')}"`;
const table = (parameter: string, ...values: string[]): string => `${parameter}\n${values.map(quoted).join('\n')}\n`;
const csv = (
  parameter: string,
  value: string,
  options: Partial<BatchCommandOptions> = {},
): ReturnType<typeof runFile> => runFile(scratch, 'a.csv', table(parameter, value), { parameter, ...options });

describe('a cell', () => {
  it.each(SPELLINGS.map(([parameter, value, sent, says = '']) => [parameter, value, sent, says] as const))(
    'for %s with %j is sent as %j',
    async (parameter, value, sent, says) => {
      const outcome = await csv(parameter, value);
      expect([outcome.sent, outcome.rows]).toEqual([sent, [`${value} success`]]);
      expect(outcome.says).toContain(says);
    },
  );

  it.each(NONE)('for %s with %j is not sent', async (parameter, value, reason) => {
    const { sent, rows, messages, exit } = await csv(parameter, value);
    expect({ sent, messages, exit }).toEqual({ sent: [], messages: [reason], exit: 1 });
    expect(rows).toEqual([expect.stringMatching(/ invalid$/)]);
  });

  it('is sent all the same where the caller says so', async () => {
    expect((await csv('ip', '8.8.8.0/24', { sendAnything: true })).sent).toEqual(['8.8.8.0/24']);
    expect((await csv('ip', '8[.]8[.]8[.]8', { sendAnything: true })).sent).toEqual([EIGHT]);
  });

  it('is taken as it is written where the caller says so', async () => {
    expect((await csv('ip', '::ffff:8.8.8.8', { literal: true })).sent).toEqual(['::ffff:8.8.8.8']);
    expect((await csv('ip', '8[.]8[.]8[.]8', { literal: true })).sent).toEqual([]);
    expect((await csv('ip', 'N/A', { literal: true, sendAnything: true })).sent).toEqual(['N/A']);
  });

  it('that is a list has a row for each of its members where the caller says so', async () => {
    const { sent, rows } = await csv('ip', '8.8.8.8, 1.1.1.1', { explode: true });
    expect([sent, rows]).toEqual([
      [EIGHT, ONE],
      ['8.8.8.8, 1.1.1.1 success', '8.8.8.8, 1.1.1.1 success'],
    ]);
  });

  it('in many spellings is one item', async () => {
    const spellings = SPELLINGS.filter(([, , sent]) => sent.length === 1 && sent[0] === EIGHT).map(
      ([, value]) => value,
    );
    const outcome = await runFile(scratch, 'a.csv', table('ip', '8.8.8.8 ', ...spellings));
    expect(outcome.sent).toEqual([EIGHT]);
    expect(outcome.rows).toHaveLength(spellings.length + 1);
  });
});

describe('a plain list with', () => {
  it.each(Object.entries(LISTS))('%s', async (_what, [content, sent, rows]) => {
    const outcome = await runFile(scratch, 'a.txt', content);
    expect([outcome.sent, outcome.rows.length, outcome.exit]).toEqual([sent, rows, 0]);
  });
});

describe('rows that are not wanted', () => {
  const TYPES = 'type,v\nip,8.8.8.8\nsha1,da39a3ee5e6b4b0d3255bfef95601890afd80709\nIP ,1.1.1.1\n';

  it.each<[string, string[], string[]]>([
    ['by one value', ['type=ip'], [EIGHT, ONE]],
    ['by several values of a column', ['type=ip', 'type=sha1'], [EIGHT, ONE]],
    ['by several columns', ['type=ip', 'v=1.1.1.1'], [ONE]],
  ])('are skipped: %s', async (_what, where, sent) => {
    const outcome = await runFile(scratch, 'a.csv', TYPES, { column: 'v', where });
    expect(outcome.sent).toEqual(sent);
    expect(outcome.rows).toHaveLength(3);
  });

  it('are those beyond the first items, duplicates of those apart', async () => {
    const outcome = await runFile(scratch, 'a.txt', '8.8.8.8\n1.1.1.1\n8.8.8.8\n', { limit: 1 });
    expect(outcome.rows).toEqual(['8.8.8.8 success', '1.1.1.1 skipped', '8.8.8.8 success']);
    expect(outcome.messages).toEqual(['done', 'Not sent: it is beyond the first 1.', 'done']);
  });
});
