import { EventEmitter, once } from 'node:events';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SoarSim, SoarSimOptions } from '../../../src/sim/index.js';
import { startSoarSim } from '../../../src/sim/index.js';
import { geolocate } from './support/sim-client.js';

describe('a running server', () => {
  const open: SoarSim[] = [];
  let folder = '';

  const start = async (options: SoarSimOptions = {}): Promise<SoarSim> => {
    const sim = await startSoarSim(options);
    open.push(sim);
    return sim;
  };
  const headersOf = (sim: SoarSim) => ({ 'ph-auth-token': sim.token });
  const submit = (sim: SoarSim, fields: object = {}) =>
    fetch(`${sim.url}/rest/action_run`, {
      method: 'POST',
      headers: headersOf(sim),
      body: JSON.stringify(geolocate(['8.8.8.8'], fields)),
    });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'soar-sim-'));
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((sim) => sim.close()));
    await rm(folder, { recursive: true });
  });

  test.each(['with a length', 'without one'])('refuses a body of 400 MB %s before it has all of it', async (how) => {
    const sim = await start();
    let sent = 0;
    const body = new ReadableStream({
      pull: (controller) => {
        sent += 1;
        controller.enqueue(new Uint8Array(1024 * 1024).fill(32));
        if (sent === 400) controller.close();
      },
    });
    const length: Record<string, string> =
      how === 'with a length' ? { 'content-length': String(400 * 1024 * 1024) } : {};
    const init = { method: 'POST', headers: { ...headersOf(sim), ...length }, body, duplex: 'half' } as const;
    // The server answers and closes while the client still sends: some clients see only that.
    const status = await fetch(`${sim.url}/rest/container`, init as RequestInit).then(
      (response) => response.status,
      () => 'cut off',
    );
    expect([413, 'cut off']).toContain(status);
    expect(sent).toBeLessThan(400);
    expect((await submit(sim)).status).toBe(200);
  });

  test('answers over HTTP on a free port', async () => {
    const sim = await start();
    const response = await fetch(`${sim.url}/rest/version`, { headers: headersOf(sim) });
    expect([response.status, await response.json()]).toEqual([200, { version: '6.4.0.1' }]);
    expect(sim.url).toBe(`http://127.0.0.1:${sim.port}`);
  });

  test('rejects when the port is taken', async () => {
    const sim = await start();
    await expect(startSoarSim({ port: sim.port })).rejects.toThrow('EADDRINUSE');
  });

  test('that cannot have the port leaves alone what the one that has it writes', async () => {
    const dataFile = join(folder, 'soar.jsonl');
    const sim = await start({ dataFile });
    await appendFile(dataFile, 'half a line');
    await expect(startSoarSim({ port: sim.port, dataFile })).rejects.toThrow('EADDRINUSE');
    expect(await readFile(dataFile, 'utf8')).toMatch(/half a line$/);
  });

  test('that finds its file damaged gives the port back', async () => {
    const { port } = await start();
    await open.pop()?.close();
    const dataFile = join(folder, 'soar.jsonl');
    await writeFile(dataFile, 'nonsense\n');
    await expect(startSoarSim({ port, dataFile })).rejects.toThrow('line 1 is damaged');
    expect((await start({ port })).port).toBe(port);
  });

  test('goes on after a restart where it stopped', async () => {
    const dataFile = join(folder, 'data', 'soar.jsonl');
    let nowMs = 1_750_000_000_000;
    const options = { dataFile, token: 't', now: () => nowMs };
    const first = await start(options);
    await submit(first);
    await submit(first, { exec_delay_secs: 100 });
    await first.close();
    nowMs += 60_000;

    const second = await start(options);
    const statusOf = async (id: number) => {
      const response = await fetch(`${second.url}/rest/action_run/${id}`, { headers: headersOf(second) });
      return /"status":"(\w+)"/.exec(await response.text())?.[1];
    };
    expect([await statusOf(1), await statusOf(2)]).toEqual(['success', 'pending']);
    nowMs += 60_000;
    expect(await statusOf(2)).toBe('success');
    expect(second.counts()).toMatchObject({ actionRuns: 2, executions: { 'geolocate ip': { '8.8.8.8': 2 } } });
  });

  test('beforeHandle answers instead of the server, which then does nothing', async () => {
    const sim = await start({
      faults: { beforeHandle: () => Promise.resolve(new Response('<html>', { status: 502 })) },
    });
    expect((await submit(sim)).status).toBe(502);
    expect(sim.counts().actionRuns).toBe(0);
  });

  test('beforeHandle delays the commit for as long as its promise waits', async () => {
    const reached = new EventEmitter();
    const released = new EventEmitter();
    const beforeHandle = async () => {
      reached.emit('reached');
      await once(released, 'released');
      return undefined;
    };
    const sim = await start({ faults: { beforeHandle } });
    const arrival = once(reached, 'reached');
    const answer = submit(sim);
    await arrival;
    expect(sim.counts().actionRuns).toBe(0);
    released.emit('released');
    expect((await answer).status).toBe(200);
    expect(sim.counts().actionRuns).toBe(1);
  });

  test('beforeAnswer drops the connection after the run has been committed', async () => {
    const seen: string[] = [];
    const beforeAnswer = async (request: Request) => {
      seen.push(await request.text());
      return 'drop' as const;
    };
    const sim = await start({ faults: { beforeAnswer } });
    await expect(submit(sim)).rejects.toThrow('fetch failed');
    expect(sim.counts().actionRuns).toBe(1);
    expect(seen[0]).toContain('"geolocate ip"');
  });

  test('beforeAnswer replaces the answer', async () => {
    const sim = await start({ faults: { beforeAnswer: () => Promise.resolve(new Response('cut', { status: 200 })) } });
    expect(await (await submit(sim)).text()).toBe('cut');
    expect(sim.counts().actionRuns).toBe(1);
  });
});
