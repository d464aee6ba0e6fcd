import { writeFileSync } from 'node:fs';
import { looksBinary, readText } from '../../../../src/cli/input/text.js';
import { all } from '../support/rows.js';
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
    expect(await looksBinary(file.path)).toBe(false);
    expect((await all(readText(file))).join('')).toBe('münchen.de 😀\n');
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
    await expect(all(readText(fileOf(bytes)))).rejects.toThrow(`in is not ${encoding} text: save it as UTF-8.`);
  });
});
