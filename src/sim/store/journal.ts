import { closeSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Change } from './table.js';

const NEWLINE = 0x0a;
const PIECE_BYTES = 4 * 1024 * 1024;

/**
 * An append-only file of JSON lines. A line holds all changes of one commit, so a commit is kept whole or not at all. `append`
 * hands it to the operating system before it returns: it survives a kill -9 of the process. It may not survive a crash of the
 * machine, because there is no fsync.
 */
export class Journal {
  readonly #file: number;
  #goodBytes: number;

  private constructor(file: number, goodBytes: number) {
    this.#file = file;
    this.#goodBytes = goodBytes;
    // A torn last line is of a request that was never answered.
    if (fstatSync(file).size > goodBytes) ftruncateSync(file, goodBytes);
  }

  get isEmpty(): boolean {
    return this.#goodBytes === 0;
  }

  /**
   * Opens the file, making it and its folder if they are missing, and hands every kept line to `onLine` in order.
   * A torn last line is dropped. Throws an Error with the line number if an earlier line is not JSON or `onLine` throws.
   */
  static open(path: string, onLine: (changes: unknown) => void): Journal {
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(path, 'a+', 0o600);
    try {
      return new Journal(file, replay(file, path, onLine));
    } catch (error) {
      closeSync(file);
      throw error;
    }
  }

  /** Adds one line. Throws the file system's error, for example ENOSPC, and then leaves the file as it was. */
  append(changes: readonly Change[]): void {
    const line = Buffer.from(`${JSON.stringify(changes)}\n`);
    try {
      for (let written = 0; written < line.length;) written += writeSync(this.#file, line, written);
    } catch (error) {
      ftruncateSync(this.#file, this.#goodBytes);
      throw error;
    }
    this.#goodBytes += line.length;
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Hands on the whole lines and returns how many bytes they take. */
function replay(file: number, path: string, onLine: (changes: unknown) => void): number {
  let bytes = 0;
  let number = 1;
  for (const line of wholeLines(file)) {
    try {
      onLine(JSON.parse(line.toString('utf8')));
    } catch (cause) {
      throw new Error(`The journal ${path} cannot be read: line ${number} is damaged.`, { cause });
    }
    bytes += line.length + 1;
    number += 1;
  }
  return bytes;
}

/** Reads piece by piece: a journal may be larger than what fits into one Buffer. A torn last line is left out. */
function* wholeLines(file: number): Generator<Buffer> {
  let begun: Buffer[] = [];
  for (const piece of pieces(file)) {
    let start = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, start)) {
      yield Buffer.concat([...begun, piece.subarray(start, end)]);
      begun = [];
      start = end + 1;
    }
    begun.push(piece.subarray(start));
  }
}

function* pieces(file: number): Generator<Buffer> {
  for (let at = 0; ;) {
    const piece = Buffer.alloc(PIECE_BYTES);
    const size = readSync(file, piece, 0, PIECE_BYTES, at);
    if (size === 0) return;
    yield piece.subarray(0, size);
    at += size;
  }
}
