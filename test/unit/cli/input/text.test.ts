import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { looksBinary, MAX_LINE_CHARACTERS, readLines, readText, textOf } from '../../../../src/cli/input/text.js';
import { all, each } from '../support/rows.js';
import { Scratch } from '../support/scratch.js';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.remove());

function fileOf(bytes: Uint8Array): { name: string; path: string } {
  const path = scratch.at('in');
  writeFileSync(path, bytes);
  return { name: 'in', path };
}

const utf16le = Buffer.from('\uFEFFmünchen.de 😀\n', 'utf16le');

describe('the text of a file', () => {
  it.each([
    ['UTF-8', Buffer.from('münchen.de 😀\n')],
    ['UTF-8 with a byte order mark', Buffer.from('\uFEFFmünchen.de 😀\n')],
    ['UTF-16, as PowerShell writes it', utf16le],
    ['UTF-16, big end first', Buffer.from(utf16le).swap16()],
  ])('is read from %s', async (_what, bytes) => {
    const file = fileOf(bytes);
    expect(await looksBinary(file)).toBe(false);
    expect((await all(readText(file))).join('')).toBe('münchen.de 😀\n');
  });

  it('of files one behind the other has no mark in front of any', async () => {
    expect((await all(readText(fileOf(Buffer.from('\uFEFFa\n\uFEFFb\uFEFFc\n'))))).join('')).toBe('a\nb\uFEFFc\n');
  });

  it('that is in memory is read alike, and its refusal names no option', () => {
    expect(textOf('in', utf16le)).toBe('münchen.de 😀\n');
    expect(textOf('in', Buffer.from('\uFEFF{}'))).toBe('{}');
    expect(() => textOf('in', Buffer.from('ü', 'latin1'))).toThrow(/^in is not UTF-8 text: save it as UTF-8\.$/);
  });

  it('is whole where a character spans two pieces', async () => {
    const text = `${'é'.repeat(100_000)}x${'😀'.repeat(100_000)}`;
    expect((await all(readText(fileOf(Buffer.from(text))))).join('') === text).toBe(true);
  });

  it.each([
    ['Latin-1', Buffer.from('münchen.de\n', 'latin1'), 'UTF-8'],
    ['UTF-8 that is cut', Buffer.from('ü').subarray(0, 1), 'UTF-8'],
    ['UTF-16 that is cut', utf16le.subarray(0, 5), 'UTF-16LE'],
  ])('is not guessed from %s', async (_what, bytes, encoding) => {
    await expect(all(readText(fileOf(bytes)))).rejects.toThrow(`in is not ${encoding} text: save it as UTF-8`);
  });
});

const lines = (...pieces: string[]): Promise<(string | undefined)[]> => all(readLines(each(pieces)));

describe('lines of a text that comes in pieces', () => {
  it('are the same however it is cut', async () => {
    const text = fc.array(fc.constantFrom('a', 'b', '\n', '\r\n', '\r', 'é'), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(40)), async (parts, cuts) => {
        const whole = parts.join('');
        const at = [...new Set(cuts.map((cut) => Math.min(cut, whole.length)))].sort((a, b) => a - b);
        const pieces = [0, ...at].map((from, index) => whole.slice(from, at[index] ?? whole.length));
        const expected = whole.split(/\r\n|\n|\r/);
        if (expected.at(-1) === '') expected.pop();
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
