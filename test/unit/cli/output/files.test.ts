import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { openOutputFile, writeOutputFile } from '../../../../src/cli/output/files.js';
import { checkOutputs } from '../../../../src/cli/output/outputs.js';
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

describe('the outputs of a job', () => {
  it('are found fit before the work', async () => {
    await expect(checkOutputs([output(), scratch.at('r.jsonl'), scratch.at('r.HTML'), '-'], 'in.csv')).resolves.toBe(
      undefined,
    );
  });

  it.each<[string, string[], string]>([
    ['of a kind that is not written', ['results.xlsx'], 'must end in .csv, .jsonl or .html'],
    ['in a folder that is not there', ['missing/x.csv'], 'cannot be written'],
    ['in a file', ['file/x.csv'], 'is not a folder'],
    ['that is a folder', ['folder.csv'], 'is a folder'],
    ['that is the input', ['in.csv'], 'would overwrite'],
    ['that is named twice', ['a.csv', 'a.csv'], 'is named twice'],
  ])('are refused: one %s', async (_what, names, says) => {
    writeFileSync(scratch.at('file'), '');
    mkdirSync(scratch.at('folder.csv'));
    const refused = checkOutputs(
      names.map((name) => scratch.at(name)),
      scratch.at('in.csv'),
    );
    await expect(refused).rejects.toBeInstanceOf(UserError);
    await expect(refused).rejects.toThrow(says);
  });
});
