import fc from 'fast-check';
import { BOTH, EIGHT, runFile } from '../support/file-case.js';
import type { FileCase } from '../support/file-case.js';
import { Scratch } from '../support/scratch.js';

const SERVER = '10.0.0.1';

const scratch = new Scratch();
afterAll(() => scratch.remove());

type Case = FileCase<[rows: readonly string[]]>;

const IIS = '#Software: IIS\n#Fields: date c-ip s-ip\nd 8.8.8.8 10.0.0.1\n';
const CHANGED: readonly Case[] = [
  [
    'a second #Fields',
    'u_ex.log',
    `${IIS}#Software: IIS\n#Fields: date s-ip c-ip\nd 10.0.0.1 1.1.1.1\n`,
    { column: 'c-ip' },
    BOTH,
    ['d|8.8.8.8|10.0.0.1 success', 'd|1.1.1.1|10.0.0.1 success'],
  ],
  [
    'a second #Fields with more columns',
    'u_ex.log',
    `${IIS}#Fields: date time s-ip c-ip\nd t 10.0.0.1 1.1.1.1\n`,
    { column: 'c-ip' },
    BOTH,
    ['d|8.8.8.8|10.0.0.1| success', 'd|1.1.1.1|10.0.0.1|t success'],
  ],
  [
    'a second #Fields without the column',
    'u_ex.log',
    `${IIS}#Fields: date s-ip\nd 10.0.0.1\n#Fields: date s-ip c-ip\nd 10.0.0.1 1.1.1.1\n`,
    { column: 'c-ip' },
    BOTH,
    ['d|8.8.8.8|10.0.0.1 success', 'd||10.0.0.1 invalid', 'd|1.1.1.1|10.0.0.1 success'],
  ],
  [
    'a second log of Zeek',
    'conn.log',
    '#separator \\x09\n#fields\tts\tid.orig_h\tid.resp_h\n1\t8.8.8.8\t10.0.0.1\n#close\tx\n#separator \\x09\n#fields\tts\tid.resp_h\tid.orig_h\n2\t10.0.0.1\t1.1.1.1\n#close\tx\n',
    { column: 'id.orig_h' },
    BOTH,
    ['1|8.8.8.8|10.0.0.1 success', '2|1.1.1.1|10.0.0.1 success'],
  ],
  [
    'a second header',
    'a.csv',
    'src_ip,dst_ip\n8.8.8.8,10.0.0.1\nDST_IP,SRC_IP\n10.0.0.1,1.1.1.1\n',
    { column: 'src_ip' },
    BOTH,
    ['8.8.8.8|10.0.0.1 success', '1.1.1.1|10.0.0.1 success'],
  ],
  [
    'a second header with a mark in front',
    'a.csv',
    '\uFEFF"ip","user"\n8.8.8.8,ana\n\uFEFF"user","ip"\nbob,1.1.1.1\n',
    {},
    BOTH,
    ['8.8.8.8|ana success', '1.1.1.1|bob success'],
  ],
  [
    'a second header of other columns, in another number',
    'a.csv',
    'ip,user\n8.8.8.8,ana\ntime,host,severity,ip\n10:00,x,low,1.1.1.1\n',
    {},
    BOTH,
    ['8.8.8.8|ana||| success', '1.1.1.1||10:00|x|low success'],
  ],
  [
    'a second header in a comment',
    'a.csv',
    '# feed\n# ip,date\n8.8.8.8,d\n# feed\n# date,ip\nd,1.1.1.1\n',
    {},
    BOTH,
    ['8.8.8.8|d success', '1.1.1.1|d success'],
  ],
  [
    'a header in a comment behind one that is a line',
    'a.csv',
    'ip,date\n8.8.8.8,d\n#date,ip\nd,1.1.1.1\n',
    {},
    BOTH,
    ['8.8.8.8|d success', '1.1.1.1|d success'],
  ],
  [
    'a second header with tabs',
    'a.tsv',
    'ip\tuser\n8.8.8.8\tana\nuser\tip\nbob\t1.1.1.1\n',
    {},
    BOTH,
    ['8.8.8.8|ana success', '1.1.1.1|bob success'],
  ],
  [
    'a second header with blanks',
    'a.txt',
    'ip       user\n8.8.8.8  ana\nuser     ip\nbob      1.1.1.1\n',
    {},
    BOTH,
    ['8.8.8.8|ana success', '1.1.1.1|bob success'],
  ],
  [
    'a header behind rows without one',
    'a.csv',
    '8.8.8.8,ana\nuser,ip\nbob,1.1.1.1\n',
    {},
    BOTH,
    ['8.8.8.8|ana|| success', '||bob|1.1.1.1 success'],
  ],
];

const REPEATED: readonly Case[] = [
  [
    'a header again',
    'a.csv',
    'ip,n\n8.8.8.8,a\nip,n\n1.1.1.1,b\n',
    {},
    BOTH,
    ['8.8.8.8|a success', '1.1.1.1|b success'],
  ],
  [
    'a header again, by place',
    'a.csv',
    'ip,n\n8.8.8.8,a\nIP,N\n1.1.1.1,b\n',
    { column: '1' },
    BOTH,
    ['8.8.8.8|a success', '1.1.1.1|b success'],
  ],
  [
    'a row of texts',
    'a.csv',
    'ip,user\n8.8.8.8,ana\nunknown,bob\n1.1.1.1,eve\n',
    {},
    BOTH,
    ['8.8.8.8|ana success', 'unknown|bob invalid', '1.1.1.1|eve success'],
  ],
  [
    'a row with the name of the column as its type',
    'a.csv',
    'ip,type\n8.8.8.8,ip\nunresolved,ip\n1.1.1.1,ip\n',
    {},
    BOTH,
    ['8.8.8.8|ip success', 'unresolved|ip invalid', '1.1.1.1|ip success'],
  ],
  [
    'a user who is called like the column',
    'a.csv',
    'user,note\nana,x\nuser,guest\nbob,y\n',
    { parameter: 'user' },
    ['ana', 'user', 'bob'],
    ['ana|x success', 'user|guest success', 'bob|y success'],
  ],
  [
    'a comment',
    'a.csv',
    'ip,n\n8.8.8.8,a\n# all of it for now\n1.1.1.1,b\n',
    {},
    BOTH,
    ['8.8.8.8|a success', '1.1.1.1|b success'],
  ],
];

describe.each<[string, readonly Case[]]>([
  ['counts from there on', CHANGED],
  ['is no other header', REPEATED],
])('in a table %s:', (_kind, cases) => {
  it.each(cases)('%s', async (_what, name, content, options, sent, rows) => {
    const { says, ...outcome } = await runFile(scratch, name, content, options);
    expect({ says, sent: outcome.sent, rows: outcome.rows }).toEqual({ says, sent, rows });
    expect(outcome.sent).not.toContain(SERVER);
  });
});

it('rows below a header without the wanted column say so, and the summary has it', async () => {
  const content = `${IIS}#Fields: date s-ip\nd 10.0.0.1\n`;
  const { messages, says, sent } = await runFile(scratch, 'u_ex.log', content, { column: 'c-ip' });
  expect([messages[1], sent]).toEqual(['The header above the row has no column "c-ip".', [EIGHT]]);
  expect(says).toContain('Behind row 1 there is a header ("date", "s-ip") without "c-ip".');
});

it('rows below a header without the column that says where they run are not sent', async () => {
  const content = 'ip,container_id\n8.8.8.8,7\nip,user\n1.1.1.1,ana\n';
  const { sent, messages } = await runFile(scratch, 'a.csv', content, { perRow: 'container_id' });
  expect(sent).toEqual([{ container_id: 7, ip: EIGHT }]);
  expect(messages[1]).toBe('The header above the row has no column "container_id".');
});

describe('a table is refused, and nothing is sent, where nobody can tell', () => {
  it('whether a row is a header without the wanted column', async () => {
    const content = 'src_ip,user\n8.8.8.8,ana\ndestination,source\n1.1.1.1,10.0.0.1\n';
    const { exit, sent, says } = await runFile(scratch, 'a.csv', content, { column: 'src_ip' });
    expect([exit, sent]).toEqual([2, []]);
    expect(says).toContain(
      'a.csv has "destination", "source" behind row 1, which may be a second header, without a column',
    );
  });

  it('which column a place means', async () => {
    const content = 'ip,user\n8.8.8.8,ana\nuser,ip\nbob,1.1.1.1\n';
    const { exit, sent, says } = await runFile(scratch, 'a.csv', content, { column: '1' });
    expect([exit, sent]).toEqual([2, []]);
    expect(says).toContain('Say the name of column 1');
    expect((await runFile(scratch, 'a.csv', content, { column: 'ip' })).sent).toEqual(BOTH);
  });
});

it('no value is ever read under the name of another column, whatever headers come', async () => {
  const header = fc.shuffledSubarray(['ip', 'src_ip', 'user', 'time', 'host'], { minLength: 2 });
  const parts = fc.array(fc.tuple(header, fc.integer({ min: 1, max: 3 }), fc.boolean()), {
    minLength: 1,
    maxLength: 4,
  });
  await fc.assert(
    fc.asyncProperty(parts, fc.constantFrom(',', '\t', '#Fields'), async (some, mark) => {
      let number = 0;
      const expected: string[] = [];
      const valueOf = (name: string): string => {
        number += 1;
        if (name === 'ip') expected.push(`8.8.${number >> 8}.${number & 255}`);
        return name === 'ip' ? (expected.at(-1) ?? '') : `9.9.${number >> 8}.${number & 255}`;
      };
      const between = mark === '#Fields' ? ' ' : mark;
      const all = [
        [['ip', 'src_ip'], 1, false] as const,
        ...some.filter(([names]) => mark === '#Fields' || names.includes('ip')),
      ];
      const lines = all.flatMap(([names, rows, isLoud]) => [
        `${mark === '#Fields' ? '#Fields: ' : ''}${names.map((name) => (isLoud ? name.toUpperCase() : name)).join(between)}`,
        ...Array.from({ length: rows }, () => names.map(valueOf).join(between)),
      ]);
      const { sent, says } = await runFile(scratch, 'a.log', `${lines.join('\n')}\n`, { format: 'csv' });
      expect({ says, sent }).toEqual({ says, sent: expected });
    }),
    { numRuns: 60 },
  );
});
