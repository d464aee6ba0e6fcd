import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Change } from './table.js';

const NEWLINE = 0x0a;

/**
 * An append-only file of JSON lines; a line holds all changes of one commit, so a commit is there whole or not at all.
 * A line is handed to the operating system before `append` returns: it survives the death of the process (kill -9), but
 * not that of the machine, which would take an fsync a line.
 */
export class Journal {
  readonly #file: number;
  #goodBytes: number;

  private constructor(path: string, goodBytes: number) {
    this.#file = openSync(path, 'a', 0o600);
    this.#goodBytes = goodBytes;
    // A write that the process did not live to finish was never acknowledged.
    ftruncateSync(this.#file, goodBytes);
  }

  /**
   * Opens the file, making it and its folder where they are missing, and hands every kept line to `onLine` in order.
   * A torn last line is dropped. Throws an Error with the line number where an earlier line is not JSON or `onLine` throws.
   */
  static open(path: string, onLine: (changes: unknown) => void): Journal {
    mkdirSync(dirname(path), { recursive: true });
    return new Journal(path, replay(path, onLine));
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

/** Reads the whole lines and returns how many bytes they take. */
function replay(path: string, onLine: (changes: unknown) => void): number {
  const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  let start = 0;
  for (let end = bytes.indexOf(NEWLINE), line = 1; end >= 0; end = bytes.indexOf(NEWLINE, start), line += 1) {
    try {
      onLine(JSON.parse(bytes.toString('utf8', start, end)));
    } catch (cause) {
      throw new Error(`The journal ${path} cannot be read: line ${line} is damaged.`, { cause });
    }
    start = end + 1;
  }
  return start;
}
