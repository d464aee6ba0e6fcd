import { listReader } from '../../../../src/cli/input/open.js';
import { MAX_LINE_CHARACTERS } from '../../../../src/cli/input/text.js';
import { each, reading } from '../support/rows.js';

const MAPPING = { parameter: 'ip', perRow: [] } as const;

describe('a plain list', () => {
  it('has an indicator a line; comments and empty lines are no rows', async () => {
    const text = '\uFEFF# seen today\n8.8.8.8\n\n  1.1.1.1 \r\n#9.9.9.9\nhttp://example.org/#top';
    expect(await reading(listReader(each([text]), MAPPING))).toEqual({
      columns: ['ip'],
      rows: ['8.8.8.8', '1.1.1.1', 'http://example.org/#top'].map((ip) => [[ip], { ip }]),
    });
  });

  it('has a row with a reason in the place of a line that is too long', async () => {
    const text = each(['8.8.8.8\n', 'x'.repeat(MAX_LINE_CHARACTERS + 1), '\n1.1.1.1\n']);
    expect((await reading(listReader(text, MAPPING))).rows).toEqual([
      [['8.8.8.8'], { ip: '8.8.8.8' }],
      [[''], 'The line is longer than a line may be.'],
      [['1.1.1.1'], { ip: '1.1.1.1' }],
    ]);
  });
});
