import type { BatchCommandOptions } from '../../../../src/cli/batch-command.js';
import { BOTH, EIGHT, runFile } from '../support/file-case.js';
import { Scratch } from '../support/scratch.js';

type Case = readonly [
  what: string,
  name: string,
  content: string,
  options: Partial<BatchCommandOptions>,
  sent: readonly unknown[],
  rows: readonly string[],
  header?: string,
];

const ROWS = ['8.8.8.8|a success', '1.1.1.1|b success'];

const TABLES: readonly Case[] = [
  ['commas', 'a.csv', 'ip,note\n8.8.8.8,a\n1.1.1.1,b\n', {}, BOTH, ROWS, 'ip|note'],
  ['semicolons', 'a.csv', 'ip;note\n8.8.8.8;a\n1.1.1.1;b\n', {}, BOTH, ROWS],
  ['tabs', 'a.csv', 'ip\tnote\n8.8.8.8\ta\n1.1.1.1\tb\n', {}, BOTH, ROWS],
  ['bars', 'a.csv', 'ip|note\n8.8.8.8|a\n1.1.1.1|b\n', {}, BOTH, ROWS],
  ['runs of blanks', 'a.txt', 'ip        note\n8.8.8.8   a\n1.1.1.1   b\n', {}, BOTH, ROWS],
  ['runs of blanks as a .csv', 'a.csv', 'ip        note\n8.8.8.8   a\n1.1.1.1   b\n', {}, BOTH, ROWS],
  ['commas under the name of a .tsv', 'a.tsv', 'ip,note\n8.8.8.8,a\n1.1.1.1,b\n', {}, BOTH, ROWS],
  ['commas in the values of a .tsv', 'a.tsv', 'ip\tnote\n8.8.8.8\ta, x\n', {}, [EIGHT], ['8.8.8.8|a, x success']],
  [
    'an empty value at the beginning of a row of a .tsv',
    'a.tsv',
    'n\tip\n\t8.8.8.8\n',
    {},
    [EIGHT],
    ['|8.8.8.8 success'],
  ],
  ['a mark that is said', 'a.csv', 'ip~note\n8.8.8.8~a\n1.1.1.1~b\n', { delimiter: '~' }, BOTH, ROWS],
  ['a tab that is said', 'a.txt', 'ip\tnote\n8.8.8.8\ta\n1.1.1.1\tb\n', { delimiter: 'tab' }, BOTH, ROWS],
  [
    'blanks, and blanks between quotes',
    'a.log',
    'ts client ua ip\n1 10.0.0.1 "Mozilla 5.0" 8.8.8.8\n2 10.0.0.2 "" 1.1.1.1\n',
    { delimiter: 'blanks' },
    BOTH,
    ['1|10.0.0.1|Mozilla 5.0|8.8.8.8 success', '2|10.0.0.2||1.1.1.1 success'],
  ],
  [
    'blanks, and quotes without their other half or inside a value',
    'a.log',
    'note ip\n"a 8.8.8.8\n5"x 1.1.1.1\n',
    { delimiter: 'blanks' },
    BOTH,
    ['"a|8.8.8.8 success', '5"x|1.1.1.1 success'],
  ],
  [
    'blanks, and quotes that mean nothing',
    'a.log',
    'note ip\n"a" 8.8.8.8\n',
    { delimiter: 'blanks', quotes: false },
    [EIGHT],
    ['"a"|8.8.8.8 success'],
  ],
  [
    'blanks, whose fields a comment names, and quotes',
    'u_ex.log',
    '#Fields: cs(User-Agent) c-ip\n"Mozilla 5.0" 8.8.8.8\n',
    { column: 'c-ip' },
    [EIGHT],
    ['Mozilla 5.0|8.8.8.8 success'],
    'cs(User-Agent)|c-ip',
  ],
  ['blanks that are said', 'a.txt', 'ip note\n8.8.8.8 a\n1.1.1.1 b\n', { delimiter: 'blanks' }, BOTH, ROWS],
  ['sep=;', 'a.csv', 'sep=;\nip;note\n8.8.8.8;a\n1.1.1.1;b\n', {}, BOTH, ROWS],
  ['sep=; with a byte order mark', 'a.csv', '\uFEFFsep=;\r\nip;note\r\n8.8.8.8;a\r\n1.1.1.1;b\r\n', {}, BOTH, ROWS],
  ['CR alone', 'a.csv', 'ip,note\r8.8.8.8,a\r1.1.1.1,b\r', {}, BOTH, ROWS],
  ['CRLF, and none at the end', 'a.csv', 'ip,note\r\n8.8.8.8,a\r\n1.1.1.1,b', {}, BOTH, ROWS],
  ['blanks before quotes', 'a.csv', 'ip, note\n"8.8.8.8", "a"\n"1.1.1.1", "b"\n', {}, BOTH, ROWS],
  ['a comma too many', 'a.csv', 'ip,note\n8.8.8.8,a,\n1.1.1.1,b,\n', {}, BOTH, ROWS],
  [
    'a comma too many, also in the header',
    'a.csv',
    'ip,note,\n8.8.8.8,a,\n',
    {},
    [EIGHT],
    ['8.8.8.8|a| success'],
    'ip|note|column_3',
  ],
  [
    'a semicolon in the values of one with commas',
    'a.csv',
    'ip,note\n8.8.8.8,a;b\n1.1.1.1,c\n',
    {},
    BOTH,
    ['8.8.8.8|a;b success', '1.1.1.1|c success'],
  ],
  ['a line end in a value', 'a.csv', 'ip,note\n8.8.8.8,"a\nb"\n', {}, [EIGHT], ['8.8.8.8|a\nb success']],
  ['an inch mark', 'a.csv', 'ip,note\n8.8.8.8,5" disk\n', {}, [EIGHT], ['8.8.8.8|5" disk success']],
  [
    'quotes that mean nothing',
    'a.csv',
    'ip,note\n8.8.8.8,"open\n1.1.1.1,b\n',
    { quotes: false },
    BOTH,
    ['8.8.8.8|"open success', '1.1.1.1|b success'],
  ],
];

const COMMENTS: readonly Case[] = [
  [
    'a comment before the header',
    'a.csv',
    '# c\n"dst_ip","x"\n"8.8.8.8","a"\n"1.1.1.1","b"\n',
    { column: 'dst_ip' },
    BOTH,
    ROWS,
    'dst_ip|x',
  ],
  [
    'the header in the last comment',
    'a.csv',
    '# feed\n#\n# "ip","note"\n"8.8.8.8","a"\n"1.1.1.1","b"\n',
    {},
    BOTH,
    ROWS,
    'ip|note',
  ],
  ['the header in the only comment', 'a.csv', '#ip,ioc\n8.8.8.8,a\n1.1.1.1,b\n', {}, BOTH, ROWS, 'ip|ioc'],
  [
    'a header of one name in a comment',
    'a.csv',
    '#ip\n8.8.8.8\n1.1.1.1\n',
    {},
    BOTH,
    ['8.8.8.8 success', '1.1.1.1 success'],
    'ip',
  ],
  [
    'a box of comments',
    'a.csv',
    '####\n# abuse, Feodo #\n####\n#\n"first","dst_ip"\n"2021-01-17","8.8.8.8"\n# END (1)\n',
    { column: 'dst_ip' },
    [EIGHT],
    ['2021-01-17|8.8.8.8 success'],
  ],
  ['a quote in a comment', 'a.csv', '# it\'s "so\nip,note\n8.8.8.8,a\n# and, "so\n1.1.1.1,b\n', {}, BOTH, ROWS],
  ['a comment at the end alone', 'a.csv', 'ip,note\n8.8.8.8,a\n1.1.1.1,b\n# 2 rows\n', {}, BOTH, ROWS],
  [
    'a row that begins like a comment',
    'a.csv',
    'n,ip\n#1,8.8.8.8\n#2,1.1.1.1\n',
    {},
    BOTH,
    ['#1|8.8.8.8 success', '#2|1.1.1.1 success'],
  ],
  ['#TYPE of PowerShell', 'a.csv', '#TYPE System.Object\n"ip","note"\n"8.8.8.8","a"\n"1.1.1.1","b"\n', {}, BOTH, ROWS],
  [
    'a log of Zeek',
    'conn.log',
    '#separator \\x09\n#unset_field\t-\n#path\tconn\n#fields\tts\tid.orig_h\tn\n#types\ttime\taddr\tstring\n1.5\t8.8.8.8\t"a\n2.5\t1.1.1.1\t-\n#close\t2020\n',
    { column: 'id.orig_h' },
    BOTH,
    ['1.5|8.8.8.8|"a success', "2.5|1.1.1.1|'- success"],
    'ts|id.orig_h|n',
  ],
  [
    'a log of a web server',
    'u_ex.log',
    '#Software: IIS\n#Fields: date c-ip sc-status\n2020-01-01 8.8.8.8 200\n2020-01-01 1.1.1.1 404\n',
    { column: 'c-ip' },
    BOTH,
    ['2020-01-01|8.8.8.8|200 success', '2020-01-01|1.1.1.1|404 success'],
  ],
  ['slashes', 'a.csv', '// c\nip,note\n8.8.8.8,a\n1.1.1.1,b\n', {}, BOTH, ROWS],
];

const HEADERS: readonly Case[] = [
  ['none, and one value that fits', 'a.csv', '8.8.8.8,a\n1.1.1.1,b\n', {}, BOTH, ROWS, 'column_1|column_2'],
  [
    'none, and the column by its number',
    'a.csv',
    '8.8.8.8,9.9.9.9\n1.1.1.1,9.9.9.9\n',
    { column: '1' },
    BOTH,
    ['8.8.8.8|9.9.9.9 success', '1.1.1.1|9.9.9.9 success'],
  ],
  [
    'none, as is said',
    'a.csv',
    'a,8.8.8.8\nb,1.1.1.1\n',
    { header: false, column: '2' },
    BOTH,
    ['a|8.8.8.8 success', 'b|1.1.1.1 success'],
  ],
  ['none, of one column', 'a.csv', '8.8.8.8\n1.1.1.1\n', {}, BOTH, ['8.8.8.8 success', '1.1.1.1 success'], 'column_1'],
  ['one, and the column by its number', 'a.csv', 'a,b\n8.8.8.8,a\n1.1.1.1,b\n', { column: '1' }, BOTH, ROWS, 'a|b'],
  ['a number, which is a place all the same', 'a.csv', '2,x\n8.8.8.8,a\n1.1.1.1,b\n', { column: '1' }, BOTH, ROWS],
  ['the name in another case', 'a.csv', 'IP,note\n8.8.8.8,a\n1.1.1.1,b\n', {}, BOTH, ROWS, 'IP|note'],
  [
    'the name with marks nobody sees',
    'a.csv',
    '\u200bip\u200b,note\n8.8.8.8,a\n1.1.1.1,b\n',
    {},
    BOTH,
    ROWS,
    'ip|note',
  ],
  [
    'names like domains',
    'a.csv',
    'host.name,source.ip\na,8.8.8.8\n',
    { column: 'source.ip' },
    [EIGHT],
    ['a|8.8.8.8 success'],
  ],
  ['a name twice', 'a.csv', 'ip,note,note\n8.8.8.8,a,b\n', {}, [EIGHT], ['8.8.8.8|a|b success'], 'ip|note|note_2'],
  [
    'a name twice that another has already',
    'a.csv',
    'ip,note,note_2,note\n8.8.8.8,a,b,c\n',
    {},
    [EIGHT],
    ['8.8.8.8|a|b|c success'],
    'ip|note|note_2|note_3',
  ],
  [
    'names that every object has',
    'a.csv',
    'ip,constructor,__proto__\n8.8.8.8,a,b\n',
    {},
    [EIGHT],
    ['8.8.8.8|a|b success'],
    'ip|constructor|__proto__',
  ],
  ['no name', 'a.csv', 'ip,,\n8.8.8.8,a,b\n', {}, [EIGHT], ['8.8.8.8|a|b success'], 'ip|column_2|column_3'],
];

const RAGGED: readonly Case[] = [
  [
    'more values than the header',
    'a.csv',
    'ip,note\n8.8.8.8,a,b\n',
    {},
    [EIGHT],
    ['8.8.8.8|a|b success'],
    'ip|note|column_3',
  ],
  ['fewer values than the header', 'a.csv', 'ip,note\n8.8.8.8\n', {}, [EIGHT], ['8.8.8.8| success']],
  ['no value where it should be', 'a.csv', 'note,ip\na\nb,8.8.8.8\n', {}, [EIGHT], ['a| invalid', 'b|8.8.8.8 success']],
  ['values in the wrong places', 'a.csv', 'note,ip\na,b,8.8.8.8\n', {}, [], ['a|b|8.8.8.8 invalid']],
  [
    'values that cannot be verified',
    'a.csv',
    'user,note\nana,a,b\nbob,c\n',
    { parameter: 'user' },
    ['bob'],
    ['ana|a|b invalid', 'bob|c| success'],
  ],
];

const scratch = new Scratch();
afterAll(() => scratch.remove());

describe.each<[string, readonly Case[]]>([
  ['a table with', TABLES],
  ['a table that has', COMMENTS],
  ['a table whose header is', HEADERS],
  ['a row that has', RAGGED],
])('%s', (_kind, cases) => {
  it.each(cases.map((one) => [one[0], one] as const))('%s', async (_what, one) => {
    const [, name, content, options, sent, rows, header] = one;
    const outcome = await runFile(scratch, name, content, options);
    const { says } = outcome;
    expect({ says, sent: outcome.sent, rows: outcome.rows }).toEqual({ says, sent, rows });
    if (header !== undefined) expect(outcome.header).toBe(header);
    expect(outcome.exit).toBe(sent.length > 0 ? 0 : 1);
  });
});
