import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.join(__dirname, '../../..');
const COMMAND = `${process.execPath} -r ${path.join(ROOT, 'scripts/load-typescript.cjs')} ${path.join(ROOT, 'src/cli/main.ts')}`;

const folder = mkdtempSync(path.join(tmpdir(), 'soar-runner-output-'));
beforeAll(() => {
  writeFileSync(path.join(folder, 'a.csv'), 'ip\n8.8.8.8\n');
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function shell(line: string): { status: number | null; stderr: string } {
  const environment = { PATH: process.env['PATH'], HOME: folder };
  return spawnSync('bash', ['-o', 'pipefail', '-c', line], { cwd: folder, env: environment, encoding: 'utf8' });
}

describe('a command whose output', () => {
  it.each([['--help'], ['schema'], ['batch a.csv --dry-run']])('nobody reads ends without a stack: %s', (typed) => {
    expect(shell(`${COMMAND} ${typed} | true`)).toMatchObject({ status: 0, stderr: '' });
  });

  it.each([['schema'], ['batch a.csv --dry-run']])('finds the disk full says so, and no stack: %s', (typed) => {
    const { status, stderr } = shell(`${COMMAND} ${typed} > /dev/full`);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^The output cannot be written: ENOSPC.*\n$/);
  });
});
