import { constants } from 'node:fs';
import { access, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { messageOf, UserError } from '../errors.js';

/** Refuses a place where results cannot be written, before the work is done. @throws UserError that says why */
export async function checkOutput(file: string): Promise<void> {
  const folder = path.dirname(file);
  try {
    await access(folder, constants.W_OK);
    if (!(await stat(folder)).isDirectory()) throw new Error(`${folder} is not a folder`);
  } catch (error) {
    throw cannotBeWritten(file, error, 2);
  }
  const isFolder = await stat(file).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (isFolder) throw new UserError(`${file} is a folder; the results need the name of a file.`, 2);
}

/** Where a text goes that comes in pieces. */
export interface TextSink {
  /** Resolves when the next piece may come. */
  write(text: string): Promise<void>;
  /** Says that this was all. */
  complete(): Promise<void>;
  /** Leaves nothing behind, where that is possible. */
  discard(): Promise<void>;
}

/**
 * A file that is complete or not there: it is written beside its place, and put there once it is on the disk.
 *
 * @param mark tells the unfinished file from that of another job; what a killed process left under it is replaced
 * @throws UserError where it cannot be written; then nothing is left, and an older file is as it was
 */
export async function openOutputFile(file: string, mark: string): Promise<TextSink> {
  const part = `${file}.${mark}.part`;
  const handle = await open(part, 'w').catch((error: unknown) => {
    throw cannotBeWritten(file, error);
  });
  const discard = async (): Promise<void> => {
    await handle.close().catch(() => undefined);
    await rm(part, { force: true });
  };
  const orDiscard = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      await discard();
      throw cannotBeWritten(file, error);
    }
  };
  return {
    write: (text) => orDiscard(() => handle.appendFile(text)),
    complete: () =>
      orDiscard(async () => {
        await handle.sync();
        await handle.close();
        await rename(part, file);
        await syncFolder(path.dirname(file));
      }),
    discard,
  };
}

/** The new name is on the disk as well then; not every system lets a folder be opened. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder).catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** Writes a whole file; see {@link openOutputFile}. */
export async function writeOutputFile(file: string, mark: string, pieces: AsyncIterable<string>): Promise<void> {
  const sink = await openOutputFile(file, mark);
  try {
    for await (const piece of pieces) await sink.write(piece);
  } catch (error) {
    await sink.discard();
    throw error;
  }
  await sink.complete();
}

function cannotBeWritten(file: string, error: unknown, exitCode: 1 | 2 = 1): UserError {
  return new UserError(`${file} cannot be written: ${messageOf(error)}.`, exitCode);
}
