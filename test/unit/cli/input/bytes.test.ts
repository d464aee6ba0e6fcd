import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { readBytes } from '../../../../src/cli/input/bytes.js';
import { Scratch } from '../support/scratch.js';

const MIB = 2 ** 20;

const scratch = new Scratch();
afterAll(() => scratch.remove());

/** Packs so many blocks of a mebibyte. */
async function packed(mebibytes: number, block: () => Buffer): Promise<string> {
  const file = scratch.at('a.gz');
  const blocks = Readable.from(Array.from({ length: mebibytes }, block));
  await pipeline(blocks, createGzip(), createWriteStream(file));
  return file;
}

async function sizeOf(file: string): Promise<number> {
  let size = 0;
  for await (const bytes of readBytes({ name: 'a.gz', path: file })) size += bytes.length;
  return size;
}

const sameLine = (): Buffer => Buffer.alloc(MIB, '8.8.8.8\n');
/** A part of it does not repeat. */
const partlyNew = (): Buffer => Buffer.concat([randomBytes(MIB / 32), sameLine()], MIB);

describe('a packed file', () => {
  it('that unpacks to hundreds of times its size is refused, with the way to have it read all the same', async () => {
    const bomb = sizeOf(await packed(300, sameLine));
    await expect(bomb).rejects.toThrow('a.gz unpacks to more than 200 times its size; if that is meant, unpack it');
  });

  it.each<[string, number, () => Buffer]>([
    ['is small, whatever its ratio: the control', 200, sameLine],
    ['is packed as data are, however large: the control', 300, partlyNew],
  ])('is read to its end where it %s', async (_what, mebibytes, block) => {
    expect(await sizeOf(await packed(mebibytes, block))).toBe(mebibytes * MIB);
  });
});
