import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { codeOfError } from '../../soar/error-code.js';
import { UserError } from '../errors.js';

const PEEKED_BYTES = 4_096;
/** A byte order mark tells them from UTF-8: files that PowerShell and Excel write have one. */
const UTF_16: Readonly<Record<string, string>> = { fffe: 'utf-16le', feff: 'utf-16be' };

/**
 * A file's text in pieces: UTF-8, or UTF-16 with a byte order mark.
 *
 * @throws UserError where it is neither: what stands for the odd bytes would make different values the same
 */
export async function* readText({ name, path }: { name: string; path: string }): AsyncGenerator<string> {
  const encoding = encodingOf(await peek(path));
  const decoder = new TextDecoder(encoding, { fatal: true });
  try {
    for await (const bytes of createReadStream(path)) yield decoder.decode(bytes as Buffer, { stream: true });
    yield decoder.decode();
  } catch (error) {
    if (codeOfError(error) !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error;
    throw new UserError(`${name} is not ${encoding.toUpperCase()} text: save it as UTF-8.`, 2);
  }
}

/** True for what is no text at all. */
export async function looksBinary(path: string): Promise<boolean> {
  const start = await peek(path);
  return start.includes(0) && encodingOf(start) === 'utf-8';
}

function encodingOf(start: Buffer): string {
  return UTF_16[start.subarray(0, 2).toString('hex')] ?? 'utf-8';
}

async function peek(path: string): Promise<Buffer> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(PEEKED_BYTES));
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
