import type { BatchCommandOptions } from '../../../../src/cli/batch-command.js';
import { BOTH, EIGHT, runFile } from '../support/file-case.js';
import type { FileCase } from '../support/file-case.js';
import { Scratch } from '../support/scratch.js';

const USER = { parameter: 'user', action: 'disable user' };
const request = '[10/Oct/2024:13:55:36 +0000] "GET / HTTP/1.1" 200';
const agent = '"-" "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/124.0.0.0"';

const scratch = new Scratch();
afterAll(() => scratch.remove());

type Case = FileCase<[says?: string]>;

/** Where the first line may be either, and what comes of each answer. */
const UNCLEAR: readonly (readonly [
  what: string,
  content: string,
  options: Partial<BatchCommandOptions>,
  withHeader: readonly string[],
  without: readonly string[],
])[] = [
  ['numbers over numbers', 'alice,1\nbob,2\n', { ...USER, column: '1' }, ['bob'], ['alice', 'bob']],
  ['a number that is a place', 'alice,2\nbob,1\n', { ...USER, column: '2' }, ['1'], ['2', '1']],
  ['texts over texts', 'alice,hr\nbob,it\n', { ...USER, column: '1' }, ['bob'], ['alice', 'bob']],
  ['a line alone', 'alice,hr\n', { ...USER, column: '1' }, [], ['alice']],
  ['numbers over numbers, under a name like the wanted one', 'user,1\nroot,2\n', USER, ['root'], ['user', 'root']],
  ['texts over texts, with tabs', 'alice\thr\nbob\tit\n', { ...USER, column: '1' }, ['bob'], ['alice', 'bob']],
];

const READ: readonly Case[] = [
  ['addresses over addresses', 'a.csv', '8.8.8.8,3\n1.1.1.1,4\n', { column: '1' }, BOTH, ''],
  ['a number that is a place, beside addresses', 'a.csv', '1,8.8.8.8\n2,1.1.1.1\n', { column: '2' }, BOTH, ''],
  ['rules', 'a.csv', '3,deny,8.8.8.8\n4,deny,1.1.1.1\n', { column: '3' }, BOTH, ''],
  ['times over times', 'a.csv', '2024-01-01,ana\n2024-01-02,bob\n', { ...USER, column: '2' }, ['ana', 'bob'], ''],
  [
    'the name of the wanted column among addresses, as a type',
    'a.csv',
    'ip,8.8.8.8\nip,1.1.1.1\n',
    { column: '2' },
    BOTH,
    '',
  ],
  ['such a name, and no column said', 'a.csv', 'ip,8.8.8.8\nip,1.1.1.1\n', {}, BOTH, ''],
  [
    'names over addresses',
    'a.csv',
    'x,y\n8.8.8.8,a\n1.1.1.1,b\n',
    { column: '1' },
    BOTH,
    'taken for a header: "x", "y"',
  ],
  [
    'names of columns over texts',
    'a.csv',
    'user,Host Name\nana,x\n',
    { ...USER, column: '1' },
    ['ana'],
    '"user", "Host Name"',
  ],
  ['a number over addresses', 'a.csv', '2,x\n8.8.8.8,a\n1.1.1.1,b\n', { column: '1' }, BOTH, 'header: "2", "x"'],
  ['the wanted name', 'a.csv', 'ip,2024\n8.8.8.8,1\n1.1.1.1,2\n', {}, BOTH, ''],
  ['the wanted name over days', 'a.csv', 'ip,2024-01-01\n8.8.8.8,1\n1.1.1.1,2\n', {}, BOTH, ''],
  [
    'an access log whose first client has a name',
    'access.log',
    `web1 - - ${request} 1 ${agent}\n8.8.8.8 - - ${request} 2 ${agent}\n1.1.1.1 - - ${request} 1 ${agent}\n`,
    { column: '1', header: false },
    BOTH,
    '',
  ],
  [
    'an access log',
    'a.log',
    `8.8.8.8 - - ${request} 1 ${agent}\n1.1.1.1 - - ${request} 1 ${agent}\n`,
    { column: '1' },
    BOTH,
    '',
  ],
  ['a comment that names', 'a.csv', '#u,n\nalice,1\nbob,2\n', { ...USER, column: '1' }, ['alice', 'bob'], '"u", "n"'],
];

const LISTS: readonly Case[] = [
  ['a log with a comma a line', 'a.log', 'login of ana, from 8.8.8.8\nlogin of bob, from 1.1.1.1\n', {}, BOTH],
  [
    'a log with a comma a line, begun by another',
    'a.log',
    'service up, all well\nlogin, from 8.8.8.8\nexit, from 1.1.1.1\n',
    {},
    BOTH,
  ],
  [
    'times with commas',
    'a.log',
    '2024-01-01 10:00:00,123 from 8.8.8.8\n2024-01-01 10:00:01,456 from 1.1.1.1\n',
    {},
    BOTH,
  ],
  ['a sentence with the name', 'a.txt', 'Blocked ip addresses\n8.8.8.8\n1.1.1.1\n', {}, BOTH],
  ['rules with the name', 'a.txt', 'permit ip any any\ndeny ip host 8.8.8.8 any\ndeny ip host 1.1.1.1 any\n', {}, BOTH],
  ['a rule with the name', 'a.txt', 'permit ip 9.9.9.0 0.0.0.255 host 8.8.8.8\n', {}, [EIGHT]],
  ['a route with the name', 'a.txt', 'ip route 10.0.0.0 255.0.0.0 8.8.8.8\n', {}, [EIGHT]],
];

describe('a first line that may be a header or a row is asked for before anything is sent:', () => {
  it.each(UNCLEAR)('%s', async (_what, content, options, withHeader, without) => {
    const asked = await runFile(scratch, 'a.csv', content, options);
    expect(asked.says).toMatch(/first line \(".*"\) .*say --header .* --no-header/);
    expect([asked.exit, asked.sent]).toEqual([2, []]);
    const named = await runFile(scratch, 'a.csv', content, { ...options, header: true });
    expect(named.sent).toEqual(withHeader);
    const values = await runFile(scratch, 'a.csv', content, { column: '1', ...options, header: false });
    expect(values.sent).toEqual(without);
  });
});

describe.each<[string, readonly Case[]]>([
  ['a first line that can be told is not asked for', READ],
  ['is a list of lines', LISTS],
])('%s:', (_kind, cases) => {
  it.each(cases.map((one) => [one[0], one] as const))('%s', async (_what, [, name, content, options, sent, says]) => {
    const outcome = await runFile(scratch, name, content, options);
    expect({ says: outcome.says, sent: outcome.sent }).toEqual({ says: outcome.says, sent });
    expect(outcome.says).toContain(says ?? '');
    if (says === '') expect(outcome.says).not.toContain('header');
  });
});
