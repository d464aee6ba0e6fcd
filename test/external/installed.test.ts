import { execFile, execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/** The packed archive in an empty folder outside the checkout, with an empty cache: needs the npm registry, and PyPI with pip. */
const ROOT = path.join(__dirname, '../..');
const execute = promisify(execFile);
const folder = mkdtempSync(path.join(tmpdir(), 'soar-runner-installed-'));
const at = (name: string): string => path.join(folder, name);
const TSC = createRequire(__filename).resolve('typescript/bin/tsc');

/** Neither a setting of ours nor a Temporal CLI on the PATH. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(TEMPORAL|SOAR)_/.test(name));
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const PATH = folders.filter((entry) => !existsSync(path.join(entry, 'temporal'))).join(path.delimiter);
  return { ...Object.fromEntries(kept), PATH, XDG_CACHE_HOME: at('cache') };
}

async function soarRunner(...args: string[]): Promise<string> {
  const { stdout } = await execute('npx', ['--no-install', 'soar-runner', ...args], {
    cwd: folder,
    env: environment(),
  });
  return stdout;
}

beforeAll(() => {
  const archive = execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  writeFileSync(at('package.json'), '{}');
  const install = ['install', '--no-audit', '--no-fund', '--loglevel=error', at(archive.trim())];
  execFileSync('npm', install, { cwd: folder, stdio: 'pipe' });
}, 300_000);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const CLIENT = `
const client = { workflow: {} };
const runner = createSoarRunnerClient(client);
console.log(typeof runner.runAction, typeof runner.enrichBatch, SOAR_ERROR_CODES.TLS, typeof startSoarSim);`;

const TYPED = `
import { Client, Connection } from '@temporalio/client';
import { createSoarRunnerClient } from 'soar-runner';
import type { RunActionResult } from 'soar-runner';
import { startSoarSim } from 'soar-runner/sim';
export async function main(): Promise<RunActionResult> {
  const { url } = await startSoarSim();
  const runner = createSoarRunnerClient(new Client({ connection: await Connection.connect({ address: url }) }));
  const target = { app_id: 1, assets: ['maxmind'], parameters: [{ ip: '8.8.8.8' }] };
  const run = await runner.runAction('x', { action: 'geolocate ip', container_id: 1, name: 'n', targets: [target] });
  // @ts-expect-error a type that is any would let it through
  await runner.runAction('x', { action: 5, container_id: 1, name: 'n', targets: [target] });
  return run.result();
}
`;

describe('the package where it is installed', () => {
  it('prints its version alone', async () => {
    expect(await soarRunner('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('runs its example, gets the Temporal CLI by its hash, and says so', async () => {
    const said = await soarRunner('start', '--once');
    expect(said).toMatch(/Getting the Temporal CLI/);
    expect(said).toMatch(/checked by SHA-256/);
    expect(said).toContain('320 rows written to results.csv and results.html');
    expect(readFileSync(at('results.csv'), 'utf8').trim().split('\n')).toHaveLength(321);
    expect(readFileSync(at('results.html'), 'utf8')).toContain('<html');
    expect(readdirSync(at('cache/soar-runner'))).toEqual(['temporal']);
  });

  it('runs a batch, with the Temporal CLI that is there by now', async () => {
    writeFileSync(at('list.txt'), '8.8.8.8\n1.1.1.1\n');
    mkdirSync(at('out'));
    const said = await soarRunner('batch', 'list.txt', '--once', '-o', 'out/rows.csv');
    expect(said).not.toContain('Getting');
    expect(readFileSync(at('out/rows.csv'), 'utf8')).toMatch(/8\.8\.8\.8.*success/);
  });

  it('replaces a Temporal CLI in its cache that is another one', async () => {
    writeFileSync(at('cache/soar-runner/temporal'), '#!/bin/sh\necho planted > planted\n', { mode: 0o755 });
    const said = await soarRunner('start', '--once');
    expect(said).toContain('Getting the Temporal CLI');
    expect(existsSync(at('planted'))).toBe(false);
  });

  it('runs the worker, which waits for a Temporal that is not there', async () => {
    const settings = { SOAR_BASE_URL: 'http://127.0.0.1:1', SOAR_AUTH_TOKEN: 't', TEMPORAL_ADDRESS: '127.0.0.1:1' };
    const worker: ChildProcess = spawn(process.execPath, [at('node_modules/soar-runner/dist/cli/main.js'), 'worker'], {
      cwd: folder,
      env: { ...environment(), ...settings },
    });
    const ended = once(worker, 'exit');
    let said = '';
    for await (const chunk of worker.stdout ?? []) if (/cannot be reached/.test((said += String(chunk)))) break;
    worker.kill('SIGKILL');
    await ended;
    expect(said).toContain('Temporal cannot be reached');
  });

  it.each([
    [
      'an ES module',
      'client.mjs',
      "import { createSoarRunnerClient, SOAR_ERROR_CODES } from 'soar-runner';\nimport { startSoarSim } from 'soar-runner/sim';",
    ],
    [
      'CommonJS',
      'client.cjs',
      "const { createSoarRunnerClient, SOAR_ERROR_CODES } = require('soar-runner');\nconst { startSoarSim } = require('soar-runner/sim');",
    ],
  ])('is used as %s', async (_what, name, imports) => {
    writeFileSync(at(name), `${imports}${CLIENT}`);
    const { stdout } = await execute(process.execPath, [name], { cwd: folder });
    expect(stdout).toBe('function function SOAR_TLS function\n');
  });

  it.each([
    ['node16', 'node16'],
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])('has types that are checked whole, with --module %s --moduleResolution %s', async (module, resolution) => {
    writeFileSync(at('typed.ts'), TYPED);
    const options = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--target', 'es2022', '--module', module];
    const check = [TSC, ...options, '--moduleResolution', resolution, '--types', 'node', 'typed.ts'];
    expect((await execute(process.execPath, check, { cwd: folder })).stdout).toBe('');
  });
});
