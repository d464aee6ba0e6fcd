import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/** Needs root, and `setpriv` of util-linux: another user of the machine looks, and plants what he can. */
const execute = promisify(execFile);
const MAIN = path.join(__dirname, '../../dist/cli/main.js');
const NOBODY = ['--reuid=65534', '--regid=65534', '--clear-groups'];
const folder = mkdtempSync(path.join(tmpdir(), 'soar-runner-users-'));
const at = (...names: string[]): string => path.join(folder, ...names);

interface Ended {
  readonly code: number;
  readonly said: string;
}

async function run(program: string, args: readonly string[], cwd: string): Promise<Ended> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(TEMPORAL|SOAR)_/.test(name)));
  try {
    const { stdout, stderr } = await execute(program, [...args], { cwd, env });
    return { code: 0, said: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, said: stdout + stderr };
  }
}

const soarRunner = (args: readonly string[], cwd: string): Promise<Ended> =>
  run(process.execPath, [MAIN, ...args], cwd);
const asNobody = (...command: string[]): Promise<Ended> => run('setpriv', [...NOBODY, ...command], folder);

beforeAll(() => {
  if (process.getuid?.() !== 0) throw new Error('These tests need root, to be another user as well.');
  execFileSync('setpriv', ['--version']);
  // As /tmp is: everybody may look into it and put something there.
  chmodSync(folder, 0o1777);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('another user of the machine', () => {
  it('cannot read state and results; with --mode 644 he can read the results, and no state', async () => {
    mkdirSync(at('work'), { mode: 0o755 });
    writeFileSync(at('work', 'in.csv'), 'ip\n8.8.8.8\n');
    const batch = ['batch', 'in.csv', '--container', '1', '--asset', 'maxmind'];
    expect(await soarRunner([...batch, '-o', 'own.csv'], at('work'))).toMatchObject({ code: 0 });
    expect(await soarRunner([...batch, '-o', 'open.csv', '--mode', '644'], at('work'))).toMatchObject({ code: 0 });
    expect((await asNobody('cat', at('work', 'own.csv'))).said).toMatch(/Permission denied/);
    expect((await asNobody('ls', at('work', '.soar-runner'))).said).toMatch(/Permission denied/);
    expect((await asNobody('cat', at('work', 'open.csv'))).said).toContain('8.8.8.8');
  }, 120_000);

  it('cannot lead a command to a server of his by a state folder that he plants', async () => {
    mkdirSync(at('planted'));
    chmodSync(at('planted'), 0o1777);
    writeFileSync(at('planted', 'in.csv'), 'ip\n8.8.8.8\n');
    const script = `mkdir -m 700 .soar-runner && echo '{"address":"127.0.0.1:9"}' > .soar-runner/temporal.json`;
    expect(await asNobody('sh', '-c', `cd ${at('planted')} && ${script}`)).toMatchObject({ code: 0 });
    expect(statSync(at('planted', '.soar-runner')).uid).toBe(65_534);
    const preview = ['batch', 'in.csv', '--container', '1', '--asset', 'maxmind', '--dry-run'];
    const refused = await soarRunner(preview, at('planted'));
    expect(refused.code).not.toBe(0);
    expect(refused.said).toMatch(/\.soar-runner.*(another user|belongs)/);
    // The same command goes on where the folder is its own.
    rmSync(at('planted', '.soar-runner'), { recursive: true });
    expect(await soarRunner(preview, at('planted'))).toMatchObject({ code: 0 });
  }, 60_000);

  it('cannot have results written to a file of his through a link', async () => {
    mkdirSync(at('links'));
    // Not as /tmp is: there Linux itself follows no link of another user.
    chmodSync(at('links'), 0o777);
    writeFileSync(at('links', 'in.csv'), 'ip\n8.8.8.8\n');
    const [kept, lost] = [at('work', 'kept'), at('work', 'lost')];
    for (const victim of [kept, lost]) writeFileSync(victim, 'precious');
    await asNobody('ln', '-s', kept, at('links', 'out.csv'));
    await asNobody('ln', '-s', lost, at('links', 'naive.csv'));
    await soarRunner(['batch', 'in.csv', '--container', '1', '--asset', 'maxmind', '-o', 'out.csv'], at('links'));
    expect(readFileSync(kept, 'utf8')).toBe('precious');
    writeFileSync(at('links', 'naive.csv'), 'results');
    expect(readFileSync(lost, 'utf8')).toBe('results');
  }, 120_000);
});
