import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { startSoarSim } from '../../../src/sim/index.js';
import type { SoarSim } from '../../../src/sim/index.js';
import { eventually } from '../support/phases.js';
import { lastingPort } from '../support/ports.js';
import { testServer } from '../support/test-server.js';

const WORKER = path.join(__dirname, '../../../dist/worker.js');

/** `npm run worker` with nothing but the given environment, and what it has written so far. */
function startWorker(environment: Readonly<Record<string, string>>): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, [WORKER], { env: { PATH: process.env['PATH'], ...environment } });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { child, output: () => text };
}

const says = (output: () => string, text: string): Promise<true> =>
  eventually(() => Promise.resolve(output().includes(text) ? true : undefined));

describe('npm run worker', () => {
  let sim: SoarSim;

  beforeAll(async () => {
    sim = await startSoarSim();
  });
  afterAll(() => sim.close());

  it('waits for a Temporal that is not up yet, and drains on SIGTERM', async () => {
    const port = String(await lastingPort());
    const soar = { SOAR_BASE_URL: sim.url, SOAR_AUTH_TOKEN: sim.token };
    const { child, output } = startWorker({ TEMPORAL_ADDRESS: `127.0.0.1:${port}`, ...soar });
    await says(output, 'Temporal cannot be reached');
    const temporal = spawn(testServer().temporalCli, ['server', 'start-dev', '--headless', '--port', port], {
      stdio: 'ignore',
    });
    await says(output, 'worker started');
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    const gone = once(temporal, 'exit');
    temporal.kill();
    await gone;
  });

  it('says at once when SOAR refuses the credentials', async () => {
    const soar = { SOAR_BASE_URL: sim.url, SOAR_AUTH_TOKEN: 'not-the-token' };
    const { child, output } = startWorker({
      TEMPORAL_ADDRESS: testServer().address,
      TEMPORAL_TASK_QUEUE: 'refused',
      ...soar,
    });
    await says(output, 'SOAR does not answer as it should');
    expect(output()).toContain('HTTP 401');
    expect(output()).not.toContain('not-the-token');
    const ended = once(child, 'exit');
    await says(output, 'worker started');
    child.kill('SIGTERM');
    await ended;
  });

  it.each([
    ['a namespace that is not there', { TEMPORAL_NAMESPACE: 'nope' }, 'TEMPORAL_NAMESPACE names "nope"'],
    [
      'a profile that is not there',
      { TEMPORAL_PROFILE: 'nope' },
      'Temporal’s own settings (TEMPORAL_…) cannot be used',
    ],
    ['an address that is none', { TEMPORAL_ADDRESS: ':::' }, 'TEMPORAL_ADDRESS cannot be used'],
  ])('ends at %s, and says so in a line', async (_what, variables, says) => {
    const { child, output } = startWorker({
      SOAR_BASE_URL: sim.url,
      SOAR_AUTH_TOKEN: sim.token,
      TEMPORAL_ADDRESS: testServer().address,
      ...variables,
    });
    expect(await once(child, 'exit')).toEqual([1, null]);
    expect(output()).toContain(says);
    expect(output()).not.toContain('    at ');
  });

  it('ends with the names of the variables that are missing', async () => {
    const { child, output } = startWorker({});
    expect(await once(child, 'exit')).toEqual([1, null]);
    expect(output()).toContain('SOAR_BASE_URL must be set');
    expect(output()).toContain('SOAR_AUTH_TOKEN must be set');
  });
});
