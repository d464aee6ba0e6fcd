import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';

const ROOT = path.join(__dirname, '../../..');
const lockSchema = z.looseObject({ packages: z.record(z.string(), z.looseObject({})) });
const folder = mkdtempSync(path.join(tmpdir(), 'soar-runner-lock-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What is said of the lockfile with these fields of one package changed. */
function verdict(name: string, changes: object): { status: number | null; stdout: string } {
  const lock = lockSchema.parse(JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')));
  const place = `node_modules/${name}`;
  const packages = { ...lock.packages, [place]: { ...lock.packages[place], ...changes } };
  const file = path.join(folder, 'package-lock.json');
  writeFileSync(file, JSON.stringify({ ...lock, packages }));
  const script = path.join(ROOT, 'scripts/check-supply-chain.cjs');
  return spawnSync(process.execPath, [script, file], { encoding: 'utf8' });
}

describe('the check of the packages', () => {
  it('has nothing against the lockfile as it is: the control', () => {
    expect(verdict('zod', {})).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^\d+ packages are as known/) as unknown,
    });
  });

  it.each<[what: string, name: string, changes: object, says: string]>([
    ['without a hash', 'zod', { integrity: undefined }, 'node_modules/zod has no SHA-512'],
    ['with a weak hash', 'zod', { integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' }, 'node_modules/zod has no SHA-512'],
    ['that comes unprotected', 'zod', { resolved: 'http://example.com/zod.tgz' }, 'does not come by HTTPS'],
    ['from a repository', 'zod', { resolved: 'git+ssh://git@example.com/zod.git' }, 'does not come by HTTPS'],
    ['under a licence that asks for more', 'zod', { license: 'GPL-3.0-only' }, 'is licensed GPL-3.0-only'],
    ['under a choice nobody looked at', 'zod', { license: 'MIT OR SSPL-1.0' }, 'is licensed MIT OR SSPL-1.0'],
    [
      'that is named like a property of every object',
      'constructor',
      { integrity: 'x' },
      'is licensed by nothing it says',
    ],
    ['without a licence', 'zod', { license: undefined }, 'is licensed by nothing it says'],
    ['that runs a script at install', 'zod', { hasInstallScript: true }, 'runs a script at install'],
  ])('refuses a package %s', (_what, name, changes, says) => {
    const { status, stdout } = verdict(name, changes);
    expect([status, stdout]).toEqual([1, expect.stringContaining(says)]);
  });
});
