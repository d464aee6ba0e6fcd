import fc from 'fast-check';
import { MAX_LINE_CHARACTERS, readLines } from '../../../../src/cli/input/lines.js';
import { all, each } from '../support/rows.js';

const lines = (...pieces: string[]): Promise<(string | undefined)[]> => all(readLines(each(pieces)));

describe('lines of a text that comes in pieces', () => {
  it('are the same however it is cut', async () => {
    const text = fc.array(fc.constantFrom('a', 'b', '\n', '\r\n', 'é'), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(40)), async (parts, cuts) => {
        const whole = parts.join('');
        const at = [...new Set(cuts.map((cut) => Math.min(cut, whole.length)))].sort((a, b) => a - b);
        const pieces = [0, ...at].map((from, index) => whole.slice(from, at[index] ?? whole.length));
        const expected = whole.split('\n').map((line) => line.replace(/\r$/, ''));
        if (whole === '' || whole.endsWith('\n')) expected.pop();
        expect(await lines(...pieces)).toEqual(expected);
      }),
    );
  });

  it('are passed over where they are too long, and only they', async () => {
    const long = 'x'.repeat(MAX_LINE_CHARACTERS / 2 + 1);
    expect(await lines('a\n', long, long, long, '\nb\n', long, long)).toEqual(['a', undefined, 'b', undefined]);
    expect(await lines(`a\n${long}${long}\nb`)).toEqual(['a', undefined, 'b']);
  });
});
