import { EIGHT, ONE, runFile } from '../support/file-case.js';
import { Scratch } from '../support/scratch.js';

const SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const scratch = new Scratch();
afterAll(() => scratch.remove());

const PATTERNS: readonly (readonly [parameter: string, pattern: string, sent: readonly string[]])[] = [
  ['domain', "[domain-name:value='evil.example']", ['evil.example']],
  ['domain', "[ domain-name:value  =  'evil.example' ]", ['evil.example']],
  ['domain', "[domain-name:value == 'evil.example']", ['evil.example']],
  ['ip', "[ipv4-addr:value IN('8.8.8.8','1.1.1.1')]", [EIGHT, ONE]],
  ['ip', "[ipv4-addr:value='8.8.8.8' OR ipv4-addr:value='1.1.1.1']", [EIGHT, ONE]],
  ['ip', "[ipv4-addr:value='8.8.8.8']FOLLOWEDBY[ipv4-addr:value='1.1.1.1']WITHIN 5 SECONDS", [EIGHT, ONE]],
  ['ip', "([ipv4-addr:value='8.8.8.8'] AND [ipv4-addr:value='1.1.1.1']) REPEATS 5 TIMES", [EIGHT, ONE]],
  ['ip', "[ipv4-addr:value='8.8.8.8'] START t'2016-06-01T00:00:00Z' STOP t'2016-07-01T00:00:00Z'", [EIGHT]],
  ['ip', "[(ipv4-addr:value='8.8.8.8' OR network-traffic:dst_ref.value='1.1.1.1') AND process:pid>5]", [EIGHT, ONE]],
  ['ip', "[ipv4-addr:value='8.8.8.8' AND ipv4-addr:value!='1.1.1.1']", [EIGHT]],
  ['ip', "[ipv4-addr:value='8.8.8.8' AND ipv4-addr:value NOT = '1.1.1.1']", [EIGHT]],
  ['ip', "[ipv4-addr:value='8.8.8.8' AND ipv4-addr:value NOT IN ('1.1.1.1', '9.9.9.9')]", [EIGHT]],
  ['ip', "[NOT (ipv4-addr:value='1.1.1.1') AND ipv4-addr:value='8.8.8.8']", [EIGHT]],
  ['ip', "[ipv4-addr:value<>'1.1.1.1']", []],
  ['ip', "[ipv4-addr:value LIKE '8.8.8.8']", []],
  ['ip', "[ipv4-addr:value MATCHES '8.8.8.8']", []],
  ['ip', "[ipv4-addr:value ISSUBSET '9.9.9.0/24' OR ipv4-addr:value ISSUBSET '8.8.8.8/32']", [EIGHT]],
  ['ip', "[process:command_line='8.8.8.8']", []],
  ['ip', "[domain-name:value='a.example' AND domain-name:resolves_to_refs[*].value='8.8.8.8']", [EIGHT]],
  ['ip', "[file:name='it\\'s [ipv4-addr:value=' AND ipv4-addr:value='8.8.8.8']", [EIGHT]],
  ['domain', "[file:name='evil.example']", []],
  ['domain', "[url:value='evil.example']", []],
  ['url', "[url:value='http://evil.example/a b' OR url:value='http://evil.example/\\'x']", ["http://evil.example/'x"]],
  ['email', "[email-message:from_ref.value='a@x.example']", ['a@x.example']],
  ['hash', `[file:hashes.'SHA-256'='${SHA256}']`, [SHA256]],
  ['hash', `[file:hashes."SHA-256"='${SHA256}' OR file:hashes.SHA256 = '${SHA256}']`, [SHA256]],
  ['hash', `[x509-certificate:hashes.'SHA-256'='${SHA256}']`, []],
];

describe('of a STIX pattern the values that a property of the kind is to have', () => {
  it.each(PATTERNS)('for %s: %s', async (parameter, pattern, sent) => {
    const bundle = JSON.stringify({ objects: [{ type: 'indicator', pattern }] });
    const outcome = await runFile(scratch, 'a.json', bundle, { parameter, column: 'pattern' });
    expect([outcome.sent, outcome.rows.length]).toEqual([sent, 1]);
    expect((await runFile(scratch, 'a.txt', `${pattern}\n`, { parameter, format: 'list' })).sent).toEqual(sent);
  });

  it('are none if it is cut off', async () => {
    const { sent } = await runFile(scratch, 'a.txt', "[ipv4-addr:value='8.8.8.8' AND NOT\n", { format: 'list' });
    expect(sent).toEqual([]);
  });
});
