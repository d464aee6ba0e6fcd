import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { findOrFetch } from '../../../../src/cli/stack/pinned-program.js';
import type { FoundProgram, PinnedProgram } from '../../../../src/cli/stack/pinned-program.js';
import { TEMPORAL_CLI } from '../../../../src/cli/stack/temporal-cli.js';
import { Cleanup, serveHttp } from '../../soar/support/servers.js';
import { Scratch } from '../support/scratch.js';

const GOOD = '#!/bin/sh\necho good\n';
const EVIL = '#!/bin/sh\necho evil\n';
const PLATFORM = `${process.platform}-${process.arch}`;
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

const cleanup = new Cleanup();
const before = process.env['PATH'];
let scratch: Scratch;
let requests: number;

beforeEach(() => {
  scratch = new Scratch();
  requests = 0;
  // The tools that unpack stay; no Python and no Go that could bring one another way.
  mkdirSync(scratch.at('bin'));
  process.env['PATH'] = scratch.at('bin');
  for (const tool of ['tar', 'gzip', 'sh']) {
    const file = execFileSync('/bin/sh', ['-c', `PATH='${before ?? ''}' command -v ${tool}`], {
      encoding: 'utf8',
    }).trim();
    writeFileSync(path.join(scratch.at('bin'), tool), `#!/bin/sh\nPATH='${before ?? ''}' exec '${file}' "$@"\n`, {
      mode: 0o755,
    });
  }
});
afterEach(async () => {
  process.env['PATH'] = before;
  Reflect.deleteProperty(process.env, 'SOME_TOOL');
  await cleanup.run();
  await scratch.remove();
});

function script(file: string, content: string): string {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  chmodSync(file, 0o755);
  return file;
}

/** A program whose makers' archive has this content. */
async function published(content: string): Promise<PinnedProgram> {
  script(scratch.at('made/some-tool'), content);
  execFileSync('tar', ['-czf', scratch.at('archive.tar.gz'), '-C', scratch.at('made'), 'some-tool'], {
    env: { PATH: before },
  });
  const { url } = await serveHttp(cleanup, (_request, response) => {
    requests += 1;
    response.end(readFileSync(scratch.at('archive.tar.gz')));
  });
  return {
    name: 'some-tool',
    title: 'tool',
    variable: 'SOME_TOOL',
    sha256: { [PLATFORM]: hashOf(GOOD) },
    archive: () => `${url}/archive`,
    wheel: { requirement: 'some-tool==1', sha256: {} },
    isUsable: (file) => Promise.resolve(!readFileSync(file, 'utf8').includes('old')),
  };
}

const cached = (): string => scratch.at('cache/some-tool');
const find = (program: PinnedProgram): Promise<FoundProgram> =>
  findOrFetch(program, scratch.at('cache'), () => undefined);

describe('a pinned program', () => {
  it('is fetched, checked, and kept for its owner', async () => {
    expect(await find(await published(GOOD))).toEqual({ file: cached() });
    expect(readFileSync(cached(), 'utf8')).toBe(GOOD);
    expect(statSync(cached()).mode & 0o777).toBe(0o700);
  });

  it('is not fetched again while it is the one', async () => {
    const program = await published(GOOD);
    script(cached(), GOOD);
    expect(await find(program)).toEqual({ file: cached() });
    expect(requests).toBe(0);
  });

  it('is fetched again where another lies in its place', async () => {
    script(cached(), EVIL);
    await find(await published(GOOD));
    expect(readFileSync(cached(), 'utf8')).toBe(GOOD);
  });

  it('that is another one is refused, and not kept', async () => {
    const finding = find(await published(EVIL));
    await expect(finding).rejects.toThrow(
      /could neither be found nor fetched.*SOME_TOOL[^]*not the one whose hash is pinned/,
    );
    expect(existsSync(cached())).toBe(false);
  });

  it('that is another one would be kept without its hash: the control', async () => {
    const program = await published(EVIL);
    await find({ ...program, sha256: { [PLATFORM]: hashOf(EVIL) } });
    expect(readFileSync(cached(), 'utf8')).toBe(EVIL);
  });

  it('of one’s own is taken, and said to be unchecked', async () => {
    const program = await published(GOOD);
    const onPath = script(path.join(scratch.at('bin'), 'some-tool'), EVIL);
    expect(await find(program)).toEqual({ file: onPath, unchecked: 'found on the PATH' });
    const named = (process.env['SOME_TOOL'] = script(scratch.at('mine'), EVIL));
    expect(await find(program)).toEqual({ file: named, unchecked: 'named by SOME_TOOL' });
  });

  it('of one’s own that is too old is passed over on the PATH, and refused where it is named', async () => {
    const program = await published(GOOD);
    const old = script(path.join(scratch.at('bin'), 'some-tool'), 'old');
    expect(await find(program)).toEqual({ file: cached() });
    process.env['SOME_TOOL'] = old;
    await expect(find(program)).rejects.toThrow(/^SOME_TOOL names .*, which is no tool that can be used\.$/);
  });
});

it('the Temporal CLI has a hash for every platform that its wheel has', () => {
  const { sha256, wheel } = TEMPORAL_CLI;
  expect(Object.keys(sha256)).toEqual(Object.keys(wheel.sha256));
  for (const hash of [...Object.values(sha256), ...Object.values(wheel.sha256)]) expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(new Set([...Object.values(sha256), ...Object.values(wheel.sha256)]).size).toBe(8);
});
