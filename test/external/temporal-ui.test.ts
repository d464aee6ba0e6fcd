import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { startTemporalServer } from '../../src/cli/stack/temporal-server.js';
import type { TemporalServer } from '../../src/cli/stack/temporal-server.js';
import { startSoarSim } from '../../src/sim/index.js';
import type { SoarSim } from '../../src/sim/index.js';

interface Page {
  open(url: string, text: string): Promise<void>;
  until(expression: string): Promise<void>;
  untilInFrame(text: string): Promise<void>;
  evaluate(expression: string): Promise<unknown>;
  nodes(): Promise<readonly { readonly nodeName: string; readonly attributes?: readonly string[] }[]>;
  close(): Promise<unknown>;
}
interface Browser {
  page(width: number, height: number): Promise<Page>;
  close(): Promise<void>;
}
const ROOT = path.join(__dirname, '../..');
const { openBrowser } = createRequire(__filename)('../../scripts/screenshots/browser.cjs') as {
  openBrowser: () => Promise<Browser>;
};
const TOOLS = JSON.parse(readFileSync(path.join(ROOT, '.cache/tools.json'), 'utf8')) as { temporal: string };
const TASK_QUEUE = 'soar-runner';

/** `CHROMIUM` names it; else Debian's package is taken, and got where it is missing. */
function getChromium(): void {
  try {
    execFileSync(process.env['CHROMIUM'] ?? 'chromium', ['--version'], { stdio: 'ignore' });
  } catch {
    try {
      const install = 'apt-get update && apt-get install --yes --no-install-recommends chromium';
      execFileSync('sh', ['-c', install], { stdio: 'pipe' });
    } catch (cause) {
      throw new Error('chromium is missing, and apt-get cannot get it: install it, or set CHROMIUM.', { cause });
    }
  }
}

const folder = mkdtempSync(path.join(tmpdir(), 'soar-runner-ui-'));
/** Stands for a site of the attacker's: what a browser asks of it, it would not have to. */
const asked: string[] = [];
const site = createServer((request, response) => {
  asked.push(request.url ?? '');
  response.end();
});
let sim: SoarSim;
let temporal: TemporalServer;
let worker: ChildProcess;
let connection: Connection;
let client: Client;
let browser: Browser;

/** `word` is what a reader sees of it, however it is shown. */
function hostile(word: string): string {
  const at = `http://127.0.0.1:${(site.address() as AddressInfo).port}/${word}`;
  return `${word} ![i](${at}) [l](${at}) <${at}> <img src="${at}"> <a href="${at}">a</a> ${at}`;
}

beforeAll(async () => {
  getChromium();
  await once(site.listen(0, '127.0.0.1'), 'listening');
  browser = await openBrowser();
  sim = await startSoarSim();
  temporal = await startTemporalServer({ cli: TOOLS.temporal, directory: folder, name: 'temporal', ui: true });
  const { address } = temporal;
  const settings = { TEMPORAL_ADDRESS: address, SOAR_BASE_URL: sim.url, SOAR_AUTH_TOKEN: sim.token };
  worker = spawn(process.execPath, [path.join(ROOT, 'dist/worker.js')], {
    env: { ...process.env, ...settings },
    stdio: 'ignore',
  });
  connection = await Connection.connect({ address });
  client = new Client({ connection });
}, 300_000);

afterAll(async () => {
  try {
    await browser.close();
  } finally {
    // A server that is left behind takes the ports of the tests that follow.
    if (worker.kill()) await once(worker, 'exit');
    await connection.close();
    await temporal.stop();
    await sim.close();
    site.close();
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);

/** Tags of the page, and of the frames within it, that lead to the attacker's site. */
async function leadsOf(workflowId: string, tab: string, word: string, seen = word): Promise<string[]> {
  const page = await browser.page(1_440, 900);
  const at = `${String(temporal.uiUrl)}/namespaces/default/workflows/${encodeURIComponent(workflowId)}`;
  await page.open(at, workflowId);
  await page.until('location.pathname.split("/").length > 6');
  const opened = (await page.evaluate(`location.href.replace(/[^/]*$/, ${JSON.stringify(tab)})`)) as string;
  await page.open(opened, workflowId);
  await page.untilInFrame(seen);
  const nodes = await page.nodes();
  await page.close();
  return nodes.filter(({ attributes }) => attributes?.some((text) => text.includes(`/${word}`))).map((n) => n.nodeName);
}

const request = (parameters: object, more: object = {}) => ({
  ...{ action: 'simulate', container_id: 1, name: 'n', type: 'generic', ...more },
  targets: [{ app_id: 2, assets: ['lab'], parameters: [parameters] }],
});

async function run(workflowId: string, input: object): Promise<void> {
  const started = await client.workflow.start('runAction', { workflowId, taskQueue: TASK_QUEUE, args: [input] });
  await started.result().catch(() => undefined);
}

describe('what Temporal’s UI shows of foreign texts', () => {
  it('has links and images in a summary that is not escaped: the same look sees them', async () => {
    const staticSummary = hostile('plainword');
    const taskQueue = 'nobody';
    await client.workflow.start('any', { workflowId: 'plain', taskQueue, staticSummary, staticDetails: staticSummary });
    expect(await leadsOf('plain', 'user-metadata', 'plainword')).toContain('A');
  });

  it('has none in what SOAR says of a run', async () => {
    await run('message', request({ outcome: 'failed', message: hostile('soarword') }));
    expect(await leadsOf('message', 'user-metadata', 'soarword')).toEqual([]);
    expect(await leadsOf('message', 'timeline', 'soarword', 'submit')).toEqual([]);
  });

  it('has none in the action that a caller names', async () => {
    await run('action', request({}, { action: hostile('actionword') }));
    for (const tab of ['user-metadata', 'timeline']) expect(await leadsOf('action', tab, 'actionword')).toEqual([]);
  });

  it('has none in the reason for a cancel', async () => {
    const handle = await client.workflow.start('runAction', {
      workflowId: 'reason',
      taskQueue: TASK_QUEUE,
      args: [request({ seconds: 3_600 })],
    });
    await handle.signal('cancel', { reason: hostile('reasonword') });
    await handle.result().catch(() => undefined);
    expect(await leadsOf('reason', 'user-metadata', 'reasonword')).toEqual([]);
  });

  it('has none in the summaries of a batch’s children', async () => {
    const batch = { request: request({}, { action: hostile('batchword') }), items: [{ seconds: 0 }] };
    const handle = await client.workflow.start('enrichBatch', {
      workflowId: 'batch',
      taskQueue: TASK_QUEUE,
      args: [{ ...batch, request: { ...batch.request, targets: [{ app_id: 2, assets: ['lab'] }] } }],
    });
    await handle.result().catch(() => undefined);
    expect(await leadsOf('batch/0', 'user-metadata', 'batchword')).toEqual([]);
  });

  it('asks nothing of the attacker’s site', () => {
    expect(asked.filter((url) => !url.startsWith('/plainword'))).toEqual([]);
  });
});
