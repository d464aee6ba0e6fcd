import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { codeOfError } from '../../soar/soar-error.js';
import { UserError } from '../errors.js';
import { shellWord } from '../../model/text.js';

const PEEKED_BYTES = 4_096;

/** What a file is by its first bytes, if it is no text of its own. */
type Packing = 'gzip' | 'zstd';

const PACKED: readonly (readonly [hex: string, packing: Packing])[] = [
  ['1f8b', 'gzip'],
  ['28b52ffd', 'zstd'],
];

/** Files that are no text, by their first bytes, and the way to a file that can be read. */
const FOREIGN: readonly (readonly [hex: string, what: string, way: (file: string) => string])[] = [
  ['504b0304', 'a ZIP file or an Excel workbook', fromZip],
  ['d0cf11e0', 'an old Excel workbook', fromExcel],
  ['25504446', 'a PDF', (file) => `take its text with: pdftotext -layout ${file} - > indicators.txt`],
  ['425a68', 'packed with bzip2', (file) => `unpack it: bunzip2 -k ${file}`],
  ['fd377a585a00', 'packed with xz', (file) => `unpack it: xz -dk ${file}`],
  ['377abcaf271c', 'packed with 7-Zip', (file) => `unpack it: 7z x ${file}`],
  ['50415231', 'a Parquet file', (file) => `save it as CSV: duckdb -c "copy '${file}' to 'rows.csv'"`],
  [
    '456c6646696c65',
    'a Windows event log',
    (file) => `save it as lines of JSON: evtx_dump -o jsonl ${file} > events.jsonl`,
  ],
];

function fromZip(file: string): string {
  return /\.xls\w?'?$/i.test(file) ? fromExcel(file) : `unpack it: unzip ${file}`;
}

function fromExcel(file: string): string {
  return `save its sheet as "CSV UTF-8", or: soffice --headless --convert-to csv ${file}`;
}

/** The first bytes of a file, unpacked. @throws UserError for a file that is no text, with the way to one that is */
export async function peek({ name, path }: { name: string; path: string }): Promise<Buffer> {
  const start = await firstBytes(path);
  const packing = packingOf(start);
  if (!packing) {
    refuseForeign(name, start);
    return start;
  }
  for await (const bytes of unpacked(name, path, packing)) return bytes.subarray(0, PEEKED_BYTES);
  return Buffer.alloc(0);
}

async function firstBytes(path: string): Promise<Buffer> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(PEEKED_BYTES));
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** All bytes of a file, unpacked. @throws UserError if what is packed is damaged */
export async function* readBytes({ name, path }: { name: string; path: string }): AsyncGenerator<Buffer> {
  const packing = packingOf(await firstBytes(path));
  const file: AsyncIterable<Buffer> = packing ? unpacked(name, path, packing) : createReadStream(path);
  yield* file;
}

function packingOf(start: Buffer): Packing | undefined {
  const hex = start.subarray(0, 8).toString('hex');
  return PACKED.find(([mark]) => hex.startsWith(mark))?.[1];
}

function refuseForeign(name: string, start: Buffer): void {
  const hex = start.subarray(0, 8).toString('hex');
  const [, what, way] = FOREIGN.find(([mark]) => hex.startsWith(mark)) ?? [];
  if (what !== undefined && way) throw new UserError(`${name} is ${what}, and not text: ${way(shellWord(name))}.`, 2);
}

async function* unpacked(name: string, path: string, packing: Packing): AsyncGenerator<Buffer> {
  const unpacker = packing === 'gzip' ? zlib.createGunzip() : zstd(name);
  const file = createReadStream(path);
  file.once('error', (error) => unpacker.destroy(error));
  let size = 0;
  try {
    for await (const bytes of file.pipe(unpacker) as AsyncIterable<Buffer>) {
      size += bytes.length;
      refuseBomb(name, size, file.bytesRead);
      yield bytes;
    }
  } catch (error) {
    if (!isUnpackingError(error)) throw error;
    throw new UserError(`${name} is packed and damaged, or cut off: its end cannot be unpacked. Get it again.`, 2);
  } finally {
    file.destroy();
    unpacker.destroy();
  }
}

/** Tables and lists are packed to a tenth, rarely to a fiftieth. A file that is made to fill the disk has a thousandth of its size. */
const BOMB = { fromBytes: 256 * 2 ** 20, timesItsSize: 200 } as const;

function refuseBomb(name: string, unpackedBytes: number, packedBytes: number): void {
  if (unpackedBytes < BOMB.fromBytes || unpackedBytes < BOMB.timesItsSize * packedBytes) return;
  const way = `if that is meant, unpack it first: ${/\.zst$/.test(name) ? 'unzstd' : 'gunzip -k'} ${shellWord(name)}`;
  throw new UserError(`${name} unpacks to more than ${BOMB.timesItsSize} times its size; ${way}.`, 2);
}

function isUnpackingError(error: unknown): boolean {
  return /^(?:Z_|ZSTD_|ERR_ZSTD)/.test(codeOfError(error));
}

const withZstd: typeof zlib & { readonly createZstdDecompress?: () => Transform } = zlib;

/** Node has it from 22.15 on. */
function zstd(name: string): Transform {
  const unpacker = withZstd.createZstdDecompress?.();
  if (unpacker) return unpacker;
  const way = `unpack it with unzstd ${shellWord(name)}, or use Node 22.15 or later`;
  throw new UserError(`${name} is packed with zstd, which this version of Node cannot unpack: ${way}.`, 2);
}
