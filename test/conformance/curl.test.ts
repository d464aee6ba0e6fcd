import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PAGE_BODIES, pageBody } from './pages/page-bodies.js';
import { shapeProblems } from './pages/shape.js';
import type { Embedded } from './support/embedded.js';
import { startEmbedded } from './support/embedded.js';

const run = promisify(execFile);

let embedded: Embedded;
beforeAll(async () => {
  embedded = await startEmbedded('https');
});
afterAll(() => embedded.close());

/** The pages' lines, with the line break after the backslash that their copies lose; which body comes back, and which sample it looks like. */
const LINES: [line: string, body: string, sample: string][] = [
  [
    `curl -k -u username:password https://localhost/rest/action_run \\
-d '{ "action": "whois domain", "container_id": 1234, "exec_delay_secs": 30, "name": "test my action delay", "targets": [ {"app_id": 161, "assets": [2], "parameters": [{"domain": "splunk.com"}]} ] }'`,
    'action queued',
    'run-action.response',
  ],
  [
    `curl -k -u username:password https://localhost/rest/action_run \\
-d '{ "action": "file reputation", "container_id": 42, "name": "my action", "targets": [{ "assets": [ "my_reversinglabs_asset" ], "parameters": [{ "hash": "<hash 1>" }, { "hash": "<hash 2>" }, { "hash": "<hash 3>" } ], "app_id": 12 }], "type": "investigative" }'`,
    'action queued',
    'run-action.response',
  ],
  ['curl -k -u username:password https://localhost/rest/action_run/2 -G -X GET', 'action_run', 'action-run'],
  [
    'curl -k -u username:password https://localhost/rest/action_run/2/app_runs',
    'app_runs of an action_run',
    'app-runs',
  ],
  [
    `curl -k -u username:password https://localhost/rest/action_run/2 \\
-d '{ "cancel": true }'`,
    'cancel accepted',
    'cancel.response',
  ],
  ['curl -k -u admin:changeme https://localhost/rest/approval -G -X GET', 'approval list', 'approvals'],
  ['curl -k -u admin:changeme https://localhost/rest/approval/1 -G -X GET', 'approval', 'approval'],
  [
    'curl -k -u admin:changeme https://localhost/rest/approval/21/detail_summary_view -G -X GET',
    'approval detail',
    'approval-detail-approvals',
  ],
];

/** The line with the host and the credentials of the server under test, run by the shell. Rejects where curl is missing. */
async function answerTo(line: string): Promise<unknown> {
  const { url, username, password } = embedded.sim;
  const adapted = line
    .replace(/-u \w+:\w+/, `-u ${username}:${password}`)
    .replace('https://localhost', url)
    .replace(/^curl/, 'curl --silent --show-error --max-time 60');
  const { stdout } = await run('sh', ['-c', adapted]);
  return JSON.parse(stdout);
}

describe('curl lines of the pages, verbatim but for host and credentials', () => {
  it.each(LINES)('%s', async (line, body, sample) => {
    expect(shapeProblems(pageBody(body), sample, await answerTo(line))).toEqual([]);
  });

  it('a second cancel is refused, as the page shows', async () => {
    const line = LINES.find(([text]) => text.includes('cancel'))?.[0] ?? '';
    expect(shapeProblems(pageBody('cancel refused'), 'cancel.refusal', await answerTo(line))).toEqual([]);
  });

  it('they cover every endpoint but those of app_run, for which the page has paths only', () => {
    const bodies = new Set(LINES.map(([, body]) => pageBody(body).endpoint));
    const others = PAGE_BODIES.map(({ endpoint }) => endpoint).filter((endpoint) => !bodies.has(endpoint));
    expect([...new Set(others)]).toEqual([
      'GET /rest/app_run',
      'GET /rest/app_run/<id>/action_result',
      'GET /rest/app_run/<id>',
    ]);
  });
});
