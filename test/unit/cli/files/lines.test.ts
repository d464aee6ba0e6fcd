import { BOTH, EIGHT, runFile } from '../support/file-case.js';
import { Scratch } from '../support/scratch.js';

const MD5 = 'd41d8cd98f00b204e9800998ecf8427e';

type Line = readonly [parameter: string, line: string, sent: readonly string[], says?: string];

const LINES: readonly Line[] = [
  ['ip', 'from 8.8.8.8 to outside:1.1.1.1/53', BOTH],
  ['ip', 'host kernel: SRC=8.8.8.8 from 1.1.1.1 ok', BOTH],
  ['ip', 'a srcip=8.8.8.8 dstip="1.1.1.1" b', BOTH],
  ['ip', 'a rhost=8[.]8[.]8[.]8 user=root', [EIGHT]],
  ['ip', 'Deny inside/8.8.8.8(80) dmz:1.1.1.1/80', BOTH],
  ['ip', 'Deny 8.8.8.8/123 to 1.1.1.1/22', BOTH],
  ['ip', '[error] [client 8.8.8.8] and [client 1.1.1.1:5000] denied', BOTH],
  ['ip', 'connect from unknown[8.8.8.8]: x', [EIGHT]],
  ['ip', 'a {"src_ip":"8.8.8.8","dst_ip":"2001:4860:4860::8888"}', [EIGHT, '2001:4860:4860::8888']],
  ['ip', 'a HIER_DIRECT/8.8.8.8 text/html', [EIGHT]],
  ['ip', 'a src=2001:4860:4860::8888 b', ['2001:4860:4860::8888']],
  ['ip', 'version 1.2.3.4.5 x-9.9.9.9 9.9.9.9-b a9.9.9.9 of 8.8.8.8.', [EIGHT]],
  ['ip', 'allow 8.8.8.8 from 10.0.0.0/8', [EIGHT], '1 beside networks'],
  ['ip', 'allow 8.8.8.8 for net=10.0.0.0/8', [EIGHT], '1 beside networks'],
  ['ip', '8.8.8.8 "GET //x" fwd 1.1.1.1', BOTH],
  ['ip', 'a 8.8.8.8 #2 1.1.1.1', BOTH],
  ['ip', 'a 8.8.8.8 ; b 1.1.1.1', BOTH],
  ['ip', '8.8.8.8 # not 1.1.1.1', [EIGHT]],
  ['ip', '8[.]8[.]8[.]8 ; not 1.1.1.1', [EIGHT]],
  ['domain', 'query=evil.example from <bad.example>', ['evil.example', 'bad.example']],
  ['hash', `a md5=${MD5} b`, [MD5]],
  ['email', 'from=<ana@example.org> ok', ['ana@example.org']],
];

const scratch = new Scratch();
afterAll(() => scratch.remove());

describe('the indicators of a line of free text', () => {
  it.each(LINES.map(([parameter, line, sent, says = '']) => [parameter, line, sent, says] as const))(
    'for %s are all sent of %j',
    async (parameter, line, sent, says) => {
      const outcome = await runFile(scratch, 'a.txt', `${line}\n`, { parameter });
      expect([outcome.sent, outcome.rows.length]).toEqual([sent, 1]);
      expect(outcome.says).toContain(says);
    },
  );

  it.each(['10.0.0.0/8', '8.8.8.8/24', '1.2.3.4.5', '8.8.8.0/24 ; of 1.1.1.1'])('are none in %j', async (line) => {
    const outcome = await runFile(scratch, 'a.txt', `${line}\n`);
    expect([outcome.sent, outcome.rows]).toEqual([[], [`${line} invalid`]]);
  });
});
