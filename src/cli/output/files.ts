import { constants } from 'node:fs';
import { access, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { codeOfError } from '../../soar/soar-error.js';
import { messageOf, UserError } from '../errors.js';

/** Refuses a path that cannot be written, before the work is done. @throws UserError that says why */
export async function checkOutput(file: string): Promise<void> {
  const folder = path.dirname(file);
  try {
    await access(folder, constants.W_OK);
    if (!(await stat(folder)).isDirectory()) throw new Error(`${folder} is not a folder`);
    await tryToWrite(`${file}.${process.pid}.part`);
  } catch (error) {
    throw cannotBeWritten(file, error, 2);
  }
  const stats = await stat(file).catch(() => undefined);
  if (stats?.isDirectory()) throw new UserError(`${file} is a folder; the results need the name of a file.`, 2);
}

/** Permissions say little: they do not hold for root, and a file system can be full or read-only. */
async function tryToWrite(file: string): Promise<void> {
  const handle = await open(file, 'wx');
  await handle.close();
  await rm(file);
}

/** Takes a text in pieces. */
export interface TextSink {
  /** Resolves when the next piece may come. */
  write(text: string): Promise<void>;
  /** Says that the text is complete. */
  complete(): Promise<void>;
  /** Removes what was written, if that is possible. */
  discard(): Promise<void>;
}

/**
 * Writes a file atomically: under another name beside its own, and renamed once it is on disk.
 *
 * @param jobId tells the unfinished file from another job's; a file that a killed process of the same job left is replaced
 * @throws UserError if it cannot be written; nothing is left then, and an older file is unchanged
 */
export async function openOutputFile(file: string, jobId: string): Promise<TextSink> {
  const part = `${file}.${jobId}.part`;
  // Made anew: the name can be guessed, and what somebody has put there could be a link to another file.
  const handle = await rm(part, { force: true })
    .then(() => open(part, 'wx'))
    .catch((error: unknown) => {
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
  const complete = async (): Promise<void> => {
    await handle.sync();
    await handle.close();
    await rename(part, file);
    await syncFolder(path.dirname(file));
  };
  return { write: (text) => orDiscard(() => handle.appendFile(text)), complete: () => orDiscard(complete), discard };
}

/** Makes a rename durable. Not every system can open a folder. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder).catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** Writes a whole file; see {@link openOutputFile}. */
export async function writeOutputFile(file: string, jobId: string, pieces: AsyncIterable<string>): Promise<void> {
  const sink = await openOutputFile(file, jobId);
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

function standardOutputEnded(error: Error): UserError {
  if (codeOfError(error) !== 'EPIPE') return cannotBeWritten('Standard output', error);
  return new UserError('Nobody reads the rows any more; start again to go on.');
}

/** Standard output. A reader that closes it ends the command, but not the batch. */
export function standardOutput(): TextSink {
  let failure: Error | undefined;
  process.stdout.on('error', (error: Error) => {
    failure = error;
  });
  const write = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      process.stdout.write(text, (error) => {
        const problem = error ?? failure;
        if (problem) reject(standardOutputEnded(problem));
        else resolve();
      });
    });
  return { write, complete: () => Promise.resolve(), discard: () => Promise.resolve() };
}
