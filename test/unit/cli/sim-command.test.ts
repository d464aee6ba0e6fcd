import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { SOAR_ERROR_CODES } from '../../../src/model/error-codes.js';
import { createSoarClient } from '../../../src/soar/client.js';

const ROOT = path.join(__dirname, '../../..');
const LOADER = path.join(ROOT, 'scripts/load-typescript.cjs');
const MAIN = path.join(ROOT, 'src/cli/main.ts');
const TOKEN = 'sim-command-token';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'soar-sim-command-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Runs `soar-runner sim`, hands the lines it says at its start to `use`, and stops it by SIGTERM. Returns its exit code. */
async function withSim(args: readonly string[], use: (lines: string[]) => Promise<void>): Promise<unknown> {
  const env = { ...process.env, SOAR_SIM_TOKEN: TOKEN };
  const child = spawn(process.execPath, ['-r', LOADER, MAIN, 'sim', ...args], { cwd: folder, env });
  const exited = once(child, 'exit');
  try {
    const lines: string[] = [];
    for await (const line of createInterface(child.stdout)) if (lines.push(line) && line.startsWith('Basic')) break;
    await use(lines);
  } finally {
    child.kill('SIGTERM');
  }
  return (await exited)[0];
}

const after = (lines: string[], label: string): string => {
  const line = lines.find((text) => text.startsWith(label));
  if (line === undefined) throw new Error(`no line starts with "${label}": ${lines.join(' | ')}`);
  return line.slice(label.length);
};

test('--tls speaks HTTPS, and the file it names is all a client has to trust', async () => {
  const exitCode = await withSim(['--tls'], async (lines) => {
    const baseUrl = after(lines, 'Embedded SOAR at ');
    const caFile = after(lines, 'SOAR_CA_FILE: ');
    expect(baseUrl).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    const [trusting, wary] = [{ caFile }, {}].map((trust) =>
      createSoarClient({ baseUrl, auth: { token: TOKEN }, ...trust }),
    );
    expect((await trusting?.getVersion())?.version).toMatch(/^\d/);
    await expect(wary?.getVersion()).rejects.toMatchObject({ code: SOAR_ERROR_CODES.TLS });
    expect(await readFile(caFile, 'utf8')).not.toContain('PRIVATE KEY');
    await Promise.all([trusting?.close(), wary?.close()]);
  });
  expect(exitCode).toBe(0);
});

test('without --tls it speaks plain HTTP and names no certificate', async () => {
  await withSim([], async (lines) => {
    const baseUrl = after(lines, 'Embedded SOAR at ');
    expect(baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(lines.join('\n')).not.toContain('SOAR_CA_FILE');
    const client = createSoarClient({ baseUrl, auth: { token: TOKEN } });
    expect((await client.getVersion()).version).toMatch(/^\d/);
    await client.close();
  });
});
