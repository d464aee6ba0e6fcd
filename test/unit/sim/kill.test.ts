import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createSoarSimApp } from '../../../src/sim/index.js';
import { geolocate } from './support/sim-client.js';

const TOKEN = 'kill-test';
const KILL_AFTER = 40;

const folder = mkdtempSync(join(tmpdir(), 'soar-kill-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Submits in eight streams and kills the server in the middle of them; returns the ids of the runs that were acknowledged. */
async function submitUntilKilled(dataFile: string): Promise<number[]> {
  const child = spawn(process.execPath, [join(__dirname, 'support/sim-process.cjs'), TOKEN, dataFile]);
  const exited = once(child, 'exit');
  try {
    const port = String(await once(createInterface(child.stdout), 'line'));
    const acknowledged: number[] = [];
    const submit = async (): Promise<void> => {
      acknowledged.push(await submitOne(port));
      if (acknowledged.length === KILL_AFTER) child.kill('SIGKILL');
      await submit();
    };
    await Promise.allSettled(Array.from({ length: 8 }, submit));
    return acknowledged;
  } finally {
    child.kill('SIGKILL');
    await exited;
  }
}

async function submitOne(port: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/rest/action_run`, {
    method: 'POST',
    headers: { 'ph-auth-token': TOKEN },
    body: JSON.stringify(geolocate(['8.8.8.8'])),
  });
  return Number(/"action_run_id":(\d+)/.exec(await response.text())?.[1]);
}

/** The ids of the runs that a server started from the file knows. */
async function runsIn(dataFile: string): Promise<Set<number>> {
  const sim = createSoarSimApp({ dataFile, token: TOKEN });
  const response = await sim.app.request('/rest/action_run?page_size=0', { headers: { 'ph-auth-token': TOKEN } });
  const ids = [...(await response.text()).matchAll(/\{"id":(\d+),"status"/g)].map(([, id]) => Number(id));
  sim.close();
  return new Set(ids);
}

test('kill -9 in the middle of a stream of submissions loses none that was acknowledged', async () => {
  const dataFile = join(folder, 'soar.jsonl');
  const acknowledged = await submitUntilKilled(dataFile);
  const kept = await runsIn(dataFile);
  expect(acknowledged.length).toBeGreaterThanOrEqual(KILL_AFTER);
  expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
}, 30_000);

test('control: without a journal the same kill loses them', async () => {
  const acknowledged = await submitUntilKilled('');
  const kept = await runsIn(join(folder, 'nothing.jsonl'));
  expect(acknowledged.filter((id) => !kept.has(id)).length).toBeGreaterThanOrEqual(KILL_AFTER);
}, 30_000);
