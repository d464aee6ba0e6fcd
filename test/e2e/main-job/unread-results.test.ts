import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Client, Connection } from '@temporalio/client';
import { SoarRunner } from '../../../src/client/soar-runner.js';
import type { Row } from '../../../src/contracts/read-rows.js';
import { startSoarSim } from '../../../src/sim/index.js';
import type { SoarSim } from '../../../src/sim/index.js';
import { testServer } from '../support/test-server.js';
import { Workplace } from './support/workplace.js';

/** How SOAR writes the result of an item with this message: a word of it for its status, or what stands in place of the message. */
const UNREADABLE: Readonly<Record<string, (text: string) => string | Uint8Array>> = {
  nan: (text) => text.replaceAll('"bad nan"', 'NaN'),
  infinity: (text) => text.replaceAll('"bad infinity"', '-Infinity'),
  deep: (text) => text.replaceAll('"bad deep"', '['.repeat(300) + ']'.repeat(300)),
  shape: (text) => text.replaceAll('"message":"bad shape"', '"message":"bad shape","status":7'),
  bytes: (text) => Buffer.from(text.replaceAll('bad bytes', 'bad \u0000')).map((byte) => (byte === 0 ? 0xff : byte)),
};
const KINDS = Object.keys(UNREADABLE);
const MESSAGES = ['one', ...KINDS.map((kind) => `bad ${kind}`), 'two', 'three'];

/** Spoils every answer that shows the results of such an item, or the app_runs of a run of the container 2. */
async function spoil(request: Request, response: Response): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const text = await response.text();
  const headers = { 'content-type': 'application/json' };
  if (/app_run/.test(pathname) && text.includes('"container":2,')) {
    const spoilt = text.replaceAll('"container":2,', '"container":2,"version":-Infinity,');
    return new Response(spoilt, { status: response.status, headers });
  }
  const hasResults = /action_result$/.test(pathname) || search.includes('include_expensive');
  const kind = hasResults ? KINDS.find((one) => text.includes(`bad ${one}`)) : undefined;
  const body = kind === undefined ? text : UNREADABLE[kind]?.(text);
  return new Response(body, { status: response.status, headers });
}

describe.each([
  ['packed', '100'],
  ['in action_runs of their own', '1'],
])('rows of which SOAR’s results cannot be read, %s,', (_how, itemsPerRun) => {
  const workplace = new Workplace();
  let sim: SoarSim;
  let rows: Row[];
  let written: Record<string, string>[];
  let stdout: string;

  beforeAll(async () => {
    sim = await startSoarSim({ faults: { beforeAnswer: spoil } });
    const headers = { 'ph-auth-token': sim.token };
    const body = JSON.stringify({ name: 'case', label: 'events' });
    await fetch(`${sim.url}/rest/container`, { method: 'POST', headers, body });
    const lines = MESSAGES.map((message) => JSON.stringify({ message, container_id: 1 }));
    workplace.write('in.jsonl', [...lines, JSON.stringify({ message: 'four', container_id: 2 })].join('\n'));
    const target = ['--action', 'simulate', '--parameter', 'message', '--asset', 'lab', '--container', '1'];
    const taskQueue = `unread-${randomUUID()}`;
    const workflowId = `unread-${randomUUID()}`;
    const how = ['--per-row', 'container_id', '--items-per-run', itemsPerRun, '--workflow-id', workflowId];
    const command = workplace.run(['batch', 'in.jsonl', ...target, ...how, '-o', 'out.csv', '-o', 'out.html'], {
      SOAR_BASE_URL: sim.url,
      SOAR_AUTH_TOKEN: sim.token,
      TEMPORAL_ADDRESS: testServer().address,
      TEMPORAL_TASK_QUEUE: taskQueue,
    });
    expect([await command.ended, command.said.stderr]).toEqual([0, expect.any(String)]);
    ({ stdout } = command.said);
    written = workplace.rows('out.csv');
    const connection = await Connection.connect({ address: testServer().address });
    const worker = workplace.run(['worker'], {
      SOAR_BASE_URL: sim.url,
      SOAR_AUTH_TOKEN: sim.token,
      TEMPORAL_ADDRESS: testServer().address,
      TEMPORAL_TASK_QUEUE: taskQueue,
    });
    rows = [];
    for await (const row of SoarRunner.on(new Client({ connection }), taskQueue).batch(workflowId).rows())
      rows.push(row);
    await worker.end('SIGTERM');
    await connection.close();
  });
  afterAll(async () => {
    await workplace.close();
    await sim.close();
  });

  const expected = [...MESSAGES.map((message) => (message.startsWith('bad') ? 'unread' : 'success')), 'unread'];

  it('are `unread` in the file, and the others are whole', () => {
    expect(written.map(({ status }) => status)).toEqual(expected);
    const good = written.filter(({ status }) => status === 'success');
    expect(good.map((row) => row['result_message'])).toEqual(['one', 'two', 'three']);
  });

  it('are `unread` by readRows, and say why', () => {
    expect(rows.map(({ status }) => status)).toEqual(expected);
    expect(
      rows
        .filter(({ status }) => status === 'unread')
        .every(({ message }) => /cannot be read|-Infinity|app_run/.test(message)),
    ).toBe(true);
  });

  it('are counted alike: on the terminal, in the report and by the batch', () => {
    expect(stdout).toMatch(/3 succeeded, 0 failed, 6 unread; .* batch success\./);
    expect(readFileSync(workplace.at('out.html'), 'utf8')).toContain('<b>6</b><span>unread');
  });
});
