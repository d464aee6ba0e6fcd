import fs, { appendFileSync, copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSoarSimApp } from '../../../src/sim/index.js';
import { SimClient, simulate } from './support/sim-client.js';

let folder = '';
let dataFile = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'soar-journal-'));
  dataFile = join(folder, 'soar.jsonl');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** How many runs a server that starts from the file as it is now would know. */
function runsKeptIn(file: string): number {
  const copy = join(folder, 'copy.jsonl');
  copyFileSync(file, copy);
  const sim = createSoarSimApp({ dataFile: copy });
  const { actionRuns } = sim.counts();
  sim.close();
  return actionRuns;
}

test('a run is in the file by the time it is answered; before it is carried out, it is not', async () => {
  const kept: string[] = [];
  const look = (when: string): void => {
    kept.push(`${when}: ${runsKeptIn(dataFile)}`);
  };
  const faults = {
    beforeHandle: () => {
      look('before');
      return Promise.resolve(undefined);
    },
    beforeAnswer: (_request: Request, response: Response) => {
      look('answered');
      return Promise.resolve(response);
    },
  };
  const client = new SimClient({ dataFile, faults });
  await client.run(simulate([{}]));
  await client.run(simulate([{}]));
  client.sim.close();
  expect(kept).toEqual(['before: 0', 'answered: 1', 'before: 1', 'answered: 2']);
});

test('a last line that is cut anywhere is as if it had never been begun', async () => {
  const client = new SimClient({ dataFile });
  await client.run(simulate([{}]));
  const before = statSync(dataFile).size;
  await client.run(simulate([{ message: 'täst' }], { exec_delay_secs: 60 }));
  client.sim.close();
  const bytes = readFileSync(dataFile);
  for (let length = before; length < bytes.length; length += 7) {
    writeFileSync(dataFile, bytes.subarray(0, length));
    expect([length, runsKeptIn(dataFile)]).toEqual([length, 1]);
  }
  writeFileSync(dataFile, bytes);
  expect(runsKeptIn(dataFile)).toBe(2);
});

test('after a torn line the file goes on whole', async () => {
  const first = new SimClient({ dataFile });
  await first.run(simulate([{}]));
  first.sim.close();
  appendFileSync(dataFile, '[{"table":"action_run","rec');
  const second = new SimClient({ dataFile });
  expect(await second.run(simulate([{}]))).toBe(2);
  second.sim.close();
  expect(runsKeptIn(dataFile)).toBe(2);
});

test.each([
  ['is not JSON', 'nonsense'],
  ['is JSON of another shape', '{"hello":1}'],
  ['names a table that is not there', '[{"table":"nothing","record":{"id":1}}]'],
  ['holds a record that does not fit', '[{"table":"note","record":{"id":1}}]'],
])('a line that %s is refused by its number', async (_title, line) => {
  const client = new SimClient({ dataFile });
  await client.run(simulate([{}]));
  client.sim.close();
  appendFileSync(dataFile, `${line}\n`);
  const lines = readFileSync(dataFile, 'utf8').split('\n').length - 1;
  expect(() => createSoarSimApp({ dataFile })).toThrow(`line ${lines} is damaged`);
});

test('everything that was changed is there again, and ids go on', async () => {
  const first = new SimClient({ dataFile });
  await first.post('/rest/note', [
    { container_id: 1, content: 'a' },
    { container_id: 1, content: 'b' },
  ]);
  await first.post('/rest/asset/2', { concurrency_limit: 1 });
  await first.send('DELETE', '/rest/note/2', undefined, first.basic());
  await first.run(simulate([{ seconds: 10 }]));
  await first.run(simulate([{ seconds: 10 }]));
  await first.run({ ...simulate([{}]), targets: [{ app_id: 2, assets: ['lab-approval'], parameters: [{}] }] });
  first.sim.close();

  const second = new SimClient({ dataFile });
  expect((await second.get('/rest/note')).body['count']).toBe(1);
  expect((await second.post('/rest/note', { container_id: 1, content: 'c' })).body['id']).toBe(3);
  const statuses: string[] = [];
  for (let tick = 0; tick < 3; tick += 1) {
    const runs = await Promise.all([1, 2, 3].map((id) => second.get(`/rest/action_run/${id}`)));
    statuses.push(runs.map(({ body }) => String(body['status'])).join(' '));
    second.nowMs += 10_000;
  }
  expect(statuses).toEqual(['running running pending', 'success running pending', 'success success pending']);
  await second.post('/rest/approval/1', { status: 'approve' });
  expect((await second.get('/rest/action_run/3')).body['status']).toBe('success');
  second.sim.close();
});

test('what was there from the start is the same after a restart', async () => {
  const statesOf = async (): Promise<string[]> => {
    const client = new SimClient({ dataFile });
    client.nowMs += statSync(dataFile).size;
    const answers = await Promise.all(
      ['/rest/system_info', '/rest/container/1', '/rest/asset/3'].map((path) => client.get(path)),
    );
    client.sim.close();
    return answers.map(({ text }) => text);
  };
  const first = await statesOf();
  expect(await statesOf()).toEqual(first);
});

test('a journal of several pieces, in which a line spans two, is read whole', async () => {
  const first = new SimClient({ dataFile });
  for (let run = 0; run < 9; run += 1) await first.run(simulate([{ bytes: 1_000_000, message: 'ü'.repeat(run) }]));
  await first.get('/rest/version');
  const { text } = await first.get('/rest/app_run?page_size=0&include_expensive');
  first.sim.close();
  const second = new SimClient({ dataFile });
  expect((await second.get('/rest/app_run?page_size=0&include_expensive')).text === text).toBe(true);
  second.sim.close();
});

test('the file is for its owner only', () => {
  createSoarSimApp({ dataFile }).close();
  expect(statSync(dataFile).mode & 0o077).toBe(0);
});

test('a full disk is an error to the one who asked, and spoils nothing for the next', async () => {
  const client = new SimClient({ dataFile });
  await client.run(simulate([{}]));
  const { writeSync } = fs;
  const fullDisk = jest.spyOn(fs, 'writeSync').mockImplementationOnce((file, data) => {
    writeSync(file, data.slice(0, 20));
    throw new Error('ENOSPC');
  });
  const refused = await client.post('/rest/action_run', simulate([{}]));
  fullDisk.mockRestore();
  expect([refused.status, refused.body]).toEqual([500, { failed: true, message: 'internal error: ENOSPC' }]);
  await client.run(simulate([{}]));
  client.sim.close();
  expect(runsKeptIn(dataFile)).toBe(3);
});
