import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { openOutputFile, writeOutputFile } from '../../../../src/cli/output/files.js';
import { UserError } from '../../../../src/cli/errors.js';
import { each } from '../support/rows.js';
import { Scratch } from '../support/scratch.js';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.remove());

const output = (): string => scratch.at('results.csv');
const here = (): string[] => readdirSync(scratch.folder).sort();

async function* breaking(): AsyncGenerator<string> {
  yield await Promise.resolve('half a fi');
  throw new Error('broken in mid-file');
}

describe('a file of results', () => {
  it('is not there before it is complete', async () => {
    const file = await openOutputFile(output(), 'job');
    await file.write('one\n');
    expect(here()).toEqual(['results.csv.job.part']);
    await file.write('two\n');
    await file.complete();
    expect(here()).toEqual(['results.csv']);
    expect(readFileSync(output(), 'utf8')).toBe('one\ntwo\n');
  });

  it('that breaks off leaves an older one as it was, and nothing beside it', async () => {
    writeFileSync(output(), 'older');
    await expect(writeOutputFile(output(), 'job', breaking())).rejects.toThrow('broken in mid-file');
    expect(here()).toEqual(['results.csv']);
    expect(readFileSync(output(), 'utf8')).toBe('older');
  });

  it('replaces what a killed process of the same job left', async () => {
    writeFileSync(`${output()}.job.part`, 'a longer half of a file');
    await writeOutputFile(output(), 'job', each(['whole']));
    expect(here()).toEqual(['results.csv']);
    expect(readFileSync(output(), 'utf8')).toBe('whole');
  });

  it('is not written through a link that somebody has put in its way, nor into a file with that one’s permissions', async () => {
    const victim = scratch.at('victim');
    writeFileSync(victim, 'precious');
    symlinkSync(victim, `${output()}.job.part`);
    await writeOutputFile(output(), 'job', each(['results']));
    expect(readFileSync(victim, 'utf8')).toBe('precious');
    expect(lstatSync(output()).isFile()).toBe(true);
    writeFileSync(`${output()}.job.part`, 'open to all', { mode: 0o666 });
    chmodSync(`${output()}.job.part`, 0o666);
    const mask = process.umask(0o077);
    await writeOutputFile(output(), 'job', each(['results'])).finally(() => process.umask(mask));
    expect(statSync(output()).mode & 0o777).toBe(0o600);
  });

  it('leaves nothing where its place is a folder', async () => {
    mkdirSync(output());
    await expect(writeOutputFile(output(), 'job', each(['x']))).rejects.toBeInstanceOf(UserError);
    expect(here()).toEqual(['results.csv']);
  });

  it('leaves nothing where its folder is not there', async () => {
    await expect(openOutputFile(scratch.at('missing/results.csv'), 'job')).rejects.toThrow(
      /cannot be written: ENOENT.*\.$/,
    );
  });
});
