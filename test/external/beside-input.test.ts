import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/** Needs Python with pip: what fetches the Temporal CLI runs, and somebody has put modules of his beside the input. */
const execute = promisify(execFile);
const STACK = path.join(__dirname, '../../dist/cli/stack/pinned-program.js');
const folder = mkdtempSync(path.join(tmpdir(), 'soar-runner-beside-'));
const mark = path.join(folder, 'hurt');

beforeAll(() => {
  execFileSync('python3', ['-I', '-m', 'pip', '--version']);
  for (const module of ['pip', 'zipfile', 'os', 'sitecustomize', 'usercustomize'])
    writeFileSync(path.join(folder, `${module}.py`), `open(${JSON.stringify(mark)}, 'w').close()\n`);
});
afterEach(() => {
  rmSync(mark, { force: true });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

it('a Python module beside the input is not run by the download', async () => {
  const script = `
    const { findOrFetch } = require(${JSON.stringify(STACK)});
    const platform = process.platform + '-' + process.arch;
    const tool = { name: 'no-such-tool', title: 'tool', variable: 'NO_TOOL', sha256: {},
      wheel: { requirement: 'no-such-tool==1', sha256: { [platform]: '0'.repeat(64) } } };
    findOrFetch(tool, '/nonexistent', () => undefined).catch((error) => console.log(error.message));
  `;
  const env = { ...process.env, PYTHONPATH: '.', PIP_RETRIES: '0', PIP_TIMEOUT: '2' };
  const { stdout } = await execute(process.execPath, ['-e', script], { cwd: folder, env });
  expect(stdout).toMatch(/PyPI with pip/);
  expect(existsSync(mark)).toBe(false);
}, 120_000);

it('control: it is run by Python without isolation', async () => {
  await execute('python3', ['-m', 'pip', '--version'], { cwd: folder }).catch(() => undefined);
  expect(existsSync(mark)).toBe(true);
});
