import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { Workplace } from './support/workplace.js';

const MAIN = path.join(__dirname, '../../../dist/cli/main.js');
const ADDRESSES = Array.from({ length: 6_000 }, (_, index) => `11.0.${index >> 8}.${index & 255}`);
const CSV = `ip\n${ADDRESSES.join('\n')}\n`;

describe('a command that is ended early', () => {
  let workplace: Workplace;

  beforeEach(() => {
    workplace = new Workplace();
    workplace.write('many.csv', CSV);
  });
  afterEach(() => workplace.close());

  it('says what a second Ctrl-C leaves, and that the same command goes on', async () => {
    const command = workplace.run(['start', '--input', 'many.csv'], { SOAR_MAX_REQUESTS_PER_SECOND: '40' });
    await command.sees(/ [1-9]\d*\/6000 items/);
    const first = command.end('SIGINT');
    await command.sees(/Stopping: what is under way may finish\. Once more ends it at once\./);
    await command.end('SIGINT');
    expect(await first).toBe(130);
    expect(command.said.stderr).toMatch(
      /Ended at once\. The state is kept in \.soar-runner\/.*The same command goes on/,
    );
  });

  /** Runs the command with a limit for the size of a file, or with another standard output. */
  function run(limit: string, args: readonly string[], stdout?: number): { status: number | null; stderr: string } {
    const kept = Object.entries(process.env).filter(([name]) => !/^(TEMPORAL|SOAR)_/.test(name));
    const command = ['-c', `${limit} exec "$@"`, 'sh', process.execPath, MAIN, ...args];
    const stdio = ['ignore', stdout ?? 'ignore', 'pipe'] as const;
    const env = Object.fromEntries(kept);
    return spawnSync('/bin/sh', command, { cwd: workplace.folder, env, encoding: 'utf8', stdio: [...stdio] });
  }

  it('by a file system without room keeps what was done, and goes on once there is some', async () => {
    // In blocks of 512 bytes: less than the job's database needs.
    const { status, stderr } = run('ulimit -f 200;', ['batch', 'many.csv', '--once']);
    expect([status, stderr]).toEqual([1, expect.stringMatching(/\nThe disk is full\. What was done is kept/)]);
    expect(stderr).not.toMatch(/^ {4}at /m);
    const again = workplace.run(['batch', 'many.csv', '--once']);
    expect(await again.ended).toBe(0);
    expect(workplace.rows('many.results.csv')).toHaveLength(ADDRESSES.length);
  });

  it('by a full standard output says so', () => {
    workplace.write('one.txt', '8.8.8.8\n');
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = run('', ['batch', 'one.txt', '-o', '-'], full);
    closeSync(full);
    expect([status, stderr]).toEqual([1, expect.stringMatching(/Standard output cannot be written: ENOSPC.*\n$/)]);
  });
});
