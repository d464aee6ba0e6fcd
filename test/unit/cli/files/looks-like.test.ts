import { EIGHT, ONE, runFile } from '../support/file-case.js';
import { Scratch } from '../support/scratch.js';

const V6 = '2001:db8::1';
const MD5 = 'd41d8cd98f00b204e9800998ecf8427e';
const SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const IMP = 'f34d5f2d4577ed6d9ceec516c1f5a744';
const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36';
const request = '[10/Oct/2024:13:55:36 +0000] "GET / HTTP/1.1" 200 23';

type Line = readonly [line: string, sent: readonly string[]];

const VERSIONS: readonly Line[] = [
  ['GET from 8.8.8.8 with Chrome/124.0.0.0 Safari/537.36', [EIGHT]],
  [String.raw`a {"ip":"8.8.8.8","ua":"Chrome\/124.0.0.0"}x`, [EIGHT]],
  ['8.8.8.8 EHLO Postfix 3.4.13.1', [EIGHT]],
  ['8.8.8.8 runs nginx 1.24.0.1', [EIGHT]],
  ['8.8.8.8 runs Google Chrome (124.0.0.0)', [EIGHT]],
  ['8.8.8.8 version 3.4.13.1', [EIGHT]],
  ['8.8.8.8 Version: 3.4.13.1', [EIGHT]],
  ['8.8.8.8 version="3.4.13.1"', [EIGHT]],
  ['a {"version":"3.4.13.1","ip":"8.8.8.8"} x', [EIGHT]],
  ['srcip=8.8.8.8 osversion=7.2.5.1 fw_ver=7.2.5.1 osVer=7.2.5.1', [EIGHT]],
  ['8.8.8.8 ver. 3.4.13.1', [EIGHT]],
  ['8.8.8.8 v 3.4.13.1 and v3.4.13.1', [EIGHT]],
  ['8.8.8.8 build 3.4.13.1, release 3.4.13.1, kernel 5.15.0.1, firmware 7.0.1.2', [EIGHT]],
  ['8.8.8.8 upgraded from 7.2.4.1 to 7.2.5.1', [EIGHT]],
  ['8.8.8.8 of Sometool 3.4.13.1', [EIGHT]],
  ['8.8.8.8 walk of OID 1.3.6.1', [EIGHT]],
];

const ADDRESSES: readonly Line[] = [
  ['Ban 8.8.8.8', [EIGHT]],
  ['Found 8.8.8.8 - 2024-01-01', [EIGHT]],
  ['Blocked 8.8.8.8', [EIGHT]],
  ['Failed password for root from 8.8.8.8 port 22 ssh2', [EIGHT]],
  ['server 8.8.8.8 over 1.1.1.1', [EIGHT, ONE]],
  ['Server 8.8.8.8, Client 1.1.1.1', [EIGHT, ONE]],
  ['TCP 8.8.8.8:80 UDP 1.1.1.1:53', [EIGHT, ONE]],
  ['Sometool 8.8.8.8:443', [EIGHT]],
  ['TCP_MISS/200 GET - HIER_DIRECT/8.8.8.8 text/html', [EIGHT]],
  ['permitted tcp inside/8.8.8.8(1234) -> outside/1.1.1.1(80)', [EIGHT, ONE]],
  ['Accepted connection from /8.8.8.8:443', [EIGHT]],
  ['created 8.8.8.8/5000->1.1.1.1/53 junos-dns', [EIGHT, ONE]],
  ['Quelle: 8.8.8.8', [EIGHT]],
];

const MASKS: readonly (readonly [...Line, says?: string])[] = [
  ['9.9.9.9/255.255.255.255', ['9.9.9.9']],
  ['deny 9.9.9.9/255.255.255.255 from 8.8.8.8', ['9.9.9.9', EIGHT]],
  ['deny 9.9.9.0/255.255.255.0 from 8.8.8.8', [EIGHT], '1 beside networks'],
  ['deny 9.9.9.0 netmask 255.255.255.0 from 8.8.8.8', [EIGHT], '1 beside networks'],
  ['deny 9.9.9.9 netmask 255.255.255.255', ['9.9.9.9']],
  ['deny 9.9.9.0 mask 255.255.255.0 from 8.8.8.8', [EIGHT], '1 beside networks'],
  ['ip="9.9.9.0" subnet_mask="255.255.255.0" gw="8.8.8.8"', [EIGHT]],
  ['permit tcp 9.9.9.0 0.0.0.255 host 8.8.8.8', [EIGHT], '1 beside networks'],
  ['permit tcp 9.9.9.9 0.0.0.0 host 8.8.8.8', ['9.9.9.9', EIGHT]],
  ['route 10.0.0.0 255.0.0.0 8.8.8.8', [EIGHT], '1 beside networks'],
  ['set 255.255.255.0 for 8.8.8.8', [EIGHT]],
  ['inet addr:8.8.8.8  Bcast:8.8.8.255  Mask:255.255.255.0', [EIGHT]],
];

const SIX: readonly Line[] = [
  ['call of a::b by 8.8.8.8', [EIGHT]],
  ['at 12:34:: std::abc dead::beef ::a :: cafe::1 of 8.8.8.8', [EIGHT]],
  [`denied ${V6} and fe80::1 and ::1`, [V6, 'fe80::1', '::1']],
  [`from ${V6}/443 to 2001:db8::2/53`, [V6, '2001:db8::2']],
  [`outside:${V6}/443 denied`, [V6]],
  [`Received disconnect from ${V6}: 11: bye`, [V6]],
  [`from ${V6} to 2001:db8:1::/48`, [V6]],
  [`[${V6}]:443 -> [2001:db8::2]:53`, [V6, '2001:db8::2']],
];

const ACCESS_LOGS: readonly Line[] = [
  [`8.8.8.8 - - ${request} "http://9.9.9.9/x" "${CHROME}"`, [EIGHT]],
  [
    `8.8.8.8 - - ${request} "https://www.example.org/?ip=9.9.9.9" "${CHROME}" "1.1.1.1, 10.0.0.1"`,
    [EIGHT, ONE, '10.0.0.1'],
  ],
  [`8.8.8.8 - - ${request} "-" "4.4.4.4"`, [EIGHT]],
  [`8.8.8.8 - ana ${request} "-" "-" "-" 10.0.0.9:8080`, [EIGHT]],
  [`8.8.8.8, 1.1.1.1 - - ${request} "-" "curl/8.4.0.1"`, [EIGHT, ONE]],
  [`10.0.0.1:443 8.8.8.8 - - ${request} "-" "-"`, [EIGHT]],
  [`www.example.org 8.8.8.8 - - ${request}`, [EIGHT]],
  [`8.8.8.8 - - [10/Oct/2024:13:55:36 +0000] "GET http://9.9.9.9/ HTTP/1.1" 200 1`, [EIGHT]],
  [`8.8.8.8 - - [10/Oct/2024:13:55:36 +0000] "\\x16\\x03" 400 0 "-" "x 9.9.9.9"`, [EIGHT]],
  [`Oct 10 13:55:36 web nginx: 8.8.8.8 - - ${request} "-" "-"`, [EIGHT]],
  [`8.8.8.8 - Ana Smith ${request} "-" "-"`, [EIGHT]],
  [`${V6} - - ${request} "-" "${CHROME}"`, [V6]],
  [
    `http 2024-10-10T22:23:00.1Z app/lb/50dc 8.8.8.8:2817 10.0.0.1:80 0.000 0.001 0.000 200 200 34 366 "GET http://9.9.9.9:80/ HTTP/1.1" "curl/7.46.0"`,
    [EIGHT],
  ],
  [
    '[error] 1#1: *1 open() failed, client: 8.8.8.8, server: 10.0.0.1, request: "GET / HTTP/1.1", upstream: "http://10.0.0.2:80/", host: "9.9.9.9"',
    [EIGHT],
  ],
  [`8.8.8.8 - - ${request} "-" "-" X-Forwarded-For: 1.1.1.1`, [EIGHT, ONE]],
];

const scratch = new Scratch();
afterAll(() => scratch.remove());

describe.each<[string, readonly (readonly [line: string, sent: readonly string[], says?: string])[]]>([
  ['the number of a version is no address', VERSIONS],
  ['an address behind a word stays one: the control', ADDRESSES],
  ['a mask belongs to its address', MASKS],
  ['an IPv6 is one that can be given to a host', SIX],
  ['of an access log the client is meant, and for whom it asked', ACCESS_LOGS],
])('in a line of text %s:', (_kind, lines) => {
  it.each(lines.map(([line, sent, says = '']) => [line, sent, says] as const))('%s', async (line, sent, says) => {
    const outcome = await runFile(scratch, 'a.txt', `${line}\n`);
    expect([outcome.sent, outcome.rows.length]).toEqual([sent, 1]);
    expect(outcome.says).toContain(says);
  });
});

describe('nothing is sent of', () => {
  it.each([
    ['ip', 'Postfix 3.4.13.1', '"Postfix 3.4.13.1" has numbers that may be those of a version, not an ip.'],
    ['ip', 'Chrome/124.0.0.0', '"Chrome/124.0.0.0" has numbers that may be those of a version, not an ip.'],
    ['ip', 'a::b', '"a::b" is not an ip.'],
    ['ip', '9.9.9.0/255.255.255.0', '"9.9.9.0/255.255.255.0" is a network, not an ip.'],
    ['ip', '9.9.9.0 0.0.0.255', '"9.9.9.0 0.0.0.255" has a network, not an ip.'],
    ['hash', '0'.repeat(32), `"${'0'.repeat(32)}" is not a hash.`],
    ['hash', 'f'.repeat(64), undefined],
    ['hash', `IMPHASH=${IMP}`, undefined],
    ['hash', `imphash: ${IMP}`, undefined],
    ['hash', `ja3=${IMP} ja3s: "${IMP}"`, undefined],
    ['email', 'message-id=<2024.1.abc@mail.example>', undefined],
  ])('%s: %s', async (parameter, line, reason) => {
    for (const [name, content] of [
      ['a.txt', `${line}\n`],
      ['a.csv', `${parameter}\tn\n${line}\t1\n`],
    ] as const) {
      const { sent, messages } = await runFile(scratch, name, content, {
        parameter,
        action: 'block',
      });
      expect([name, sent, messages.length]).toEqual([name, [], 1]);
      if (reason !== undefined) expect(messages).toEqual([reason]);
    }
  });

  it('a hash of one digit beside a real one, and that of an empty file is real', async () => {
    const line = `SHA1=${'0'.repeat(40)},MD5=${MD5},SHA256=${SHA256},IMPHASH=${IMP}`;
    expect((await runFile(scratch, 'a.txt', `${line}\n`, { parameter: 'hash' })).sent).toEqual([MD5, SHA256]);
  });
});

describe('in a cell', () => {
  it.each([
    ['8.8.8.8/443', [EIGHT]],
    [`${V6}/443`, [V6]],
    ['9.9.9.9/255.255.255.255', ['9.9.9.9']],
    ['9.9.9.9 255.255.255.255', ['9.9.9.9']],
    ['9.9.9.0 255.255.255.0', []],
    ['2001:db8::/32', []],
    [CHROME, []],
  ])('%s gives %j', async (cell, sent) => {
    expect((await runFile(scratch, 'a.csv', `ip\tn\n"${cell}"\t1\n`)).sent).toEqual(sent);
  });
});

it('the summary says how many rows gave several values, and shows one', async () => {
  const { says } = await runFile(scratch, 'a.txt', '8.8.8.8\nfrom 8.8.8.8 to 1.1.1.1\n9.9.9.9 4.4.4.4\n');
  expect(says).toContain('2 rows gave several values, as row 2: 8.8.8.8, 1.1.1.1.');
  expect((await runFile(scratch, 'a.txt', '8.8.8.8\n')).says).toBe('');
});

it('the summary counts the lines in which the number of a version stays here', async () => {
  const { says } = await runFile(scratch, 'a.txt', '8.8.8.8 Postfix 3.4.13.1\n');
  expect(says).toContain('1 beside versions');
});
