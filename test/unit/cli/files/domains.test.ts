import type { BatchCommandOptions } from '../../../../src/cli/batch-command.js';
import { runFile } from '../support/file-case.js';
import { Scratch } from '../support/scratch.js';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.remove());

const SITES = ['evil.com', 'bad.net'];

type Case = readonly [
  what: string,
  content: string,
  options: Partial<BatchCommandOptions>,
  rows: readonly string[],
  header?: string,
];

const DOMAINS: readonly Case[] = [
  [
    'without a header',
    'evil.com,phishing\nbad.net,phishing\n',
    {},
    ['evil.com|phishing success', 'bad.net|phishing success'],
  ],
  [
    'without a header, in a column that is said',
    'a,evil.com\nb,bad.net\n',
    { column: '2' },
    ['a|evil.com success', 'b|bad.net success'],
  ],
  ['alone', 'evil.com\nbad.net\n', {}, ['evil.com success', 'bad.net success']],
  ['without a header, defanged', 'evil[.]com;x\nbad[.]net;y\n', {}, ['evil[.]com|x success', 'bad[.]net|y success']],
  [
    'under the path of a field',
    'host.name,user.id\nevil.com,1\nbad.net,2\n',
    { column: 'host.name' },
    ['evil.com|1 success', 'bad.net|2 success'],
    'host.name|user.id',
  ],
];

describe('a table of domains', () => {
  it.each(DOMAINS.map((one) => [one[0], one] as const))('%s', async (_what, [, content, options, rows, header]) => {
    const outcome = await runFile(scratch, 'a.csv', content, {
      action: 'whois domain',
      parameter: 'domain',
      ...options,
    });
    const { says } = outcome;
    expect({ says, sent: outcome.sent, rows: outcome.rows }).toEqual({ says, sent: SITES, rows });
    if (header !== undefined) expect(outcome.header).toBe(header);
  });
});
