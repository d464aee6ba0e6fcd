import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';

const ROOT = path.join(__dirname, '../..');
const MAX_PACKED_BYTES = 1_600_000;
const MAX_UNPACKED_BYTES = 7_000_000;

/** The files of `dist` whose kind is known; everything else in the archive is named one by one. */
const BUILT = /^dist\/(?:[\w-]+\/)*[\w.-]+\.(?:js|d\.ts|css|html|licenses\.txt)$/;
const BESIDE = ['CHANGELOG.md', 'LICENSE', 'NOTICE', 'README.md', 'examples/indicators.csv', 'package.json'];

const archiveSchema = z.object({
  filename: z.string(),
  size: z.int(),
  unpackedSize: z.int(),
  files: z.array(z.object({ path: z.string(), mode: z.int() })),
});
/** Newer versions of npm give an object by the packages' names. */
const packedSchema = z.preprocess(
  (said) => (typeof said === 'object' && said !== null ? Object.values(said) : said),
  z.tuple([archiveSchema]),
);
const manifestSchema = z.object({
  version: z.string(),
  license: z.string(),
  bin: z.record(z.string(), z.string()),
  exports: z.record(z.string(), z.union([z.string(), z.record(z.string(), z.string())])),
});

const folder = mkdtempSync(path.join(tmpdir(), 'soar-runner-archive-'));
const manifest = manifestSchema.parse(JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')));
let archive: z.infer<typeof archiveSchema>;

beforeAll(() => {
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  archive = packedSchema.parse(
    JSON.parse(execFileSync('npm', pack, { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' })),
  )[0];
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const paths = (): string[] => archive.files.map((file) => file.path);

function run(program: string, ...args: string[]): string {
  const command = [require.resolve(path.join(ROOT, 'node_modules', program)), ...args];
  return execFileSync(process.execPath, command, { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' });
}

describe('the packed archive', () => {
  it('has what was built and a few files beside it, and nothing else', () => {
    expect(
      paths()
        .filter((file) => !BUILT.test(file))
        .sort(),
    ).toEqual(BESIDE);
  });

  it('has no map, no state of a build and no test', () => {
    expect(paths().filter((file) => /\.map$|tsbuildinfo|stamp|\.test\.|(^|\/)(src|test)\//.test(file))).toEqual([]);
  });

  it('has all that its manifest names, and the workflows and the commands of a caller in one file each', () => {
    const named = [
      ...Object.values(manifest.exports).flatMap((target) =>
        Object.values(typeof target === 'string' ? [target] : target),
      ),
      ...Object.values(manifest.bin),
    ];
    for (const file of [...named, 'dist/workflow-bundle.js', 'dist/caller-bundle.js'])
      expect(paths()).toContain(file.replace(/^\.\//, ''));
    expect(manifest.license).toBe('Apache-2.0');
  });

  it('is small', () => {
    expect(archive.size).toBeLessThan(MAX_PACKED_BYTES);
    expect(archive.unpackedSize).toBeLessThan(MAX_UNPACKED_BYTES);
  });

  it('is what publint and Are The Types Wrong have nothing against', () => {
    const file = path.join(folder, archive.filename);
    expect(run('publint/src/cli.js', '--strict', file)).toContain('All good!');
    expect(run('@arethetypeswrong/cli/dist/index.js', file)).toContain('No problems found');
  });
});

it('the changelog has the version of the package', () => {
  expect(readFileSync(path.join(ROOT, 'CHANGELOG.md'), 'utf8')).toContain(`\n## ${manifest.version}\n`);
});

it('no file of it tells the folder that it was built in', () => {
  const telling = paths().filter((file) => {
    const text = readFileSync(path.join(ROOT, file), 'utf8');
    const maps = [...text.matchAll(/sourceMappingURL=data:[^,]*;base64,([\w+/=]+)/g)];
    const decoded = maps.map(([, map = '']) => Buffer.from(map, 'base64').toString('utf8'));
    return [text, ...decoded].some((each) => each.includes(ROOT));
  });
  expect(telling).toEqual([]);
});
