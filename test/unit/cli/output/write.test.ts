import { mkdirSync, writeFileSync } from 'node:fs';
import { UserError } from '../../../../src/cli/errors.js';
import { checkOutputs } from '../../../../src/cli/output/write.js';
import { Scratch } from '../support/scratch.js';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.remove());

const output = (): string => scratch.at('results.csv');

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
