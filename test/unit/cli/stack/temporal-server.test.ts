import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { isRunning, processWithId, stopProcess } from '../../../../src/cli/stack/process.js';
import type { ProcessIdentity } from '../../../../src/cli/stack/process.js';
import { startTemporalServer } from '../../../../src/cli/stack/temporal-server.js';
import { Scratch } from '../support/scratch.js';

let scratch: Scratch;
const children: ChildProcess[] = [];

beforeEach(() => {
  scratch = new Scratch();
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await scratch.remove();
});

/** A process of this user that is none of ours, with a command that can be chosen. */
async function foreign(...args: string[]): Promise<ProcessIdentity> {
  const script = 'process.stdout.write("up"); setInterval(() => undefined, 1000)';
  const child = spawn(process.execPath, ['-e', script, '--', ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  await once(child.stdout, 'data');
  const identity = processWithId(child.pid ?? 0);
  if (!identity) throw new Error('the process does not run');
  return identity;
}

/** A program in the place of the Temporal CLI, which notes its environment and that it was started, and ends. */
function cli(): string {
  const file = scratch.at('temporal');
  writeFileSync(file, `#!/bin/sh\nenv > '${scratch.at('environment')}'\necho "$@" > '${scratch.at('arguments')}'\n`);
  chmodSync(file, 0o755);
  return file;
}

const start = (ui = true): Promise<unknown> =>
  startTemporalServer({ cli: cli(), directory: scratch.folder, name: 'temporal', ui });

async function listen(): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function addressOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `127.0.0.1:${address.port}`;
}

function plant(record: object): void {
  const known = { address: '127.0.0.1:7233', uiUrl: 'http://127.0.0.1:8233', mark: 'soar-runner-0a1b2c3d' };
  writeFileSync(scratch.at('temporal.json'), JSON.stringify({ ...known, ...record }), { mode: 0o600 });
}

describe('a planted record of a Temporal server', () => {
  it.each([
    ['with no start time', ({ pid }: ProcessIdentity) => ({ pid })],
    ['with another start time', (found: ProcessIdentity) => ({ ...found, startedAt: '1' })],
    ['with another command', (found: ProcessIdentity) => ({ ...found, command: 'temporal server start-dev' })],
    ['that names it exactly', (found: ProcessIdentity) => found],
  ])('%s ends no foreign process', async (_what, record) => {
    const found = await foreign('temporal', 'server');
    plant(record(found));
    await expect(start()).rejects.toThrow(/The Temporal server did not start/);
    expect(isRunning(found)).toBe(true);
  });

  it.each([
    '203.0.113.7:7233',
    'temporal.example.com:7233',
    '0.0.0.0:7233',
    '127.0.0.1.example.com:7233',
    '127.0.0.1:7233@evil',
    '',
  ])('at %s is refused, and nothing is started', async (address) => {
    plant({ pid: 1, address });
    await expect(start()).rejects.toThrow(/temporal\.json is damaged/);
    expect(() => readFileSync(scratch.at('arguments'))).toThrow('ENOENT');
  });

  it.each(['http://evil.example:8233', 'javascript:alert(1)', 'https://127.0.0.1:8233'])(
    'with the UI %s is refused',
    async (uiUrl) => {
      plant({ pid: 1, uiUrl });
      await expect(start()).rejects.toThrow(/temporal\.json is damaged/);
    },
  );

  it.each(['default', '../x', 'soar-runner-x; rm'])('with the mark %j is refused', async (mark) => {
    plant({ pid: 1, mark });
    await expect(start()).rejects.toThrow(/temporal\.json is damaged/);
  });

  it('gets no connection for a process that is not the server', async () => {
    const listener = await listen();
    plant({ ...(await foreign()), address: addressOf(listener) });
    await expect(start()).rejects.toThrow(/did not start/);
    const connected = once(listener, 'connection');
    const closed = once(listener, 'close').then(() => 'closed without');
    listener.close();
    await expect(Promise.race([connected, closed])).resolves.toBe('closed without');
  });

  it('is believed of a process that was started on our database: the control', async () => {
    const found = await foreign('temporal', 'server', 'start-dev', '--db-filename', scratch.at('temporal.db'));
    const listener = await listen();
    plant({ ...found, address: addressOf(listener) });
    const connected = once(listener, 'connection');
    const starting = start();
    await connected;
    // No second server damages its database while it runs.
    expect(() => readFileSync(scratch.at('arguments'))).toThrow('ENOENT');
    await stopProcess(found);
    await expect(starting).rejects.toThrow(/did not start/);
    listener.close();
  });
});

describe('the Temporal server that is started', () => {
  it('has no token and no setting of ours in its environment, and no HTTP API', async () => {
    Object.assign(process.env, {
      SOAR_AUTH_TOKEN: 'canary',
      AWS_SECRET_ACCESS_KEY: 'canary',
      TEMPORAL_API_KEY: 'canary',
    });
    await expect(start()).rejects.toThrow(/did not start/);
    for (const name of ['SOAR_AUTH_TOKEN', 'AWS_SECRET_ACCESS_KEY', 'TEMPORAL_API_KEY'])
      Reflect.deleteProperty(process.env, name);
    const environment = readFileSync(scratch.at('environment'), 'utf8');
    expect(environment).not.toContain('canary');
    expect(environment).toContain('PATH=');
    expect(readFileSync(scratch.at('arguments'), 'utf8')).toContain('frontend.httpAllowedHosts=[]');
  });

  it('listens on loopback alone, and for a SOAR of somebody’s own without a UI', async () => {
    await expect(start(false)).rejects.toThrow(/did not start/);
    const started = readFileSync(scratch.at('arguments'), 'utf8');
    expect(started).toMatch(/--ip 127\.0\.0\.1 .*--headless/);
    expect(started).not.toContain('--ui-port');
  });
});

describe('a process', () => {
  it('is told from a later one of its id by its start and its command', async () => {
    const found = await foreign();
    expect(isRunning(found)).toBe(true);
    expect(isRunning({ ...found, startedAt: `${found.startedAt}0` })).toBe(false);
    expect(isRunning({ ...found, command: `${found.command} x` })).toBe(false);
  });

  it('is ended, and is then none', async () => {
    const found = await foreign();
    await stopProcess(found);
    expect(isRunning(found)).toBe(false);
  });
});
