import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import type { Stats } from 'node:fs';
import { utimes } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { z } from 'zod';
import { codeOfError } from '../../soar/soar-error.js';
import { messageOf, UserError } from '../errors.js';
import { isAlive } from './process.js';

/** The folder of the servers' and the jobs' state, below the working directory. */
export const STATE_DIRECTORY = '.soar-runner';

const OTHERS_MAY_WRITE = 0o022;
const OTHERS_MAY_DO_ANYTHING = 0o077;
const { O_NOFOLLOW, O_NONBLOCK } = constants;

/**
 * Creates the state folder, or checks that the one that is there can be trusted: that it and all in it belong to this user, that
 * nothing is a link, and that nobody else can write to it. What others can only read is closed to them.
 *
 * @throws UserError if it cannot be trusted or cannot be created
 */
export function openStateFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (codeOfError(error) !== 'EEXIST')
      throw new UserError(`The folder ${folder} cannot be created for the state: ${messageOf(error)}.`, 2);
  }
  const stats = lstatSync(folder);
  if (stats.isFile()) throw new UserError(`${folder} is a file; it must be a folder, for the state of the job.`, 2);
  if (!stats.isDirectory()) throw untrusted(folder, 'it is a link');
  closeToOthers(folder, stats);
}

function closeToOthers(entry: string, stats: Stats): void {
  const problem = problemOf(stats);
  if (problem !== undefined) throw untrusted(entry, problem);
  if (process.getuid && (stats.mode & OTHERS_MAY_DO_ANYTHING) !== 0) chmodSync(entry, stats.mode & 0o700);
  if (!stats.isDirectory()) return;
  for (const name of readdirSync(entry)) {
    const child = path.join(entry, name);
    // Another command of this user may work in the folder and remove files of its own.
    const ofChild = lstatSync(child, { throwIfNoEntry: false });
    if (ofChild) closeToOthers(child, ofChild);
  }
}

/** Why a file or a folder cannot be trusted; `undefined` if it can. */
function problemOf(stats: Stats): string | undefined {
  if (stats.isSymbolicLink()) return 'it is a link';
  if (!stats.isFile() && !stats.isDirectory()) return 'it is neither a file nor a folder';
  if (!process.getuid) return undefined;
  if (stats.uid !== process.getuid()) return 'it belongs to another user';
  return (stats.mode & OTHERS_MAY_WRITE) === 0 ? undefined : 'other users can write to it';
}

function untrusted(entry: string, problem: string): UserError {
  const advice = 'Look at it and remove it, or run this in a folder of your own.';
  return new UserError(`${entry} cannot be trusted: ${problem}. Nothing was started. ${advice}`, 2);
}

/**
 * Reads a small state file; `undefined` if there is none.
 *
 * @throws UserError if it cannot be trusted or is damaged
 */
export function readJsonFile<T>(file: string, schema: z.ZodType<T>): T | undefined {
  const text = readTrusted(file);
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    const kept = 'Nothing was changed.';
    throw new UserError(`${file} is damaged. ${kept} See that no other soar-runner is at work here, and remove it.`);
  }
}

function readTrusted(file: string): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    if (codeOfError(error) === 'ENOENT') return undefined;
    if (codeOfError(error) === 'ELOOP') throw untrusted(file, 'it is a link');
    throw new UserError(`${file} cannot be read: ${messageOf(error)}.`);
  }
  try {
    const stats = fstatSync(descriptor);
    const problem = stats.isDirectory() ? 'it is a folder' : problemOf(stats);
    if (problem !== undefined) throw untrusted(file, problem);
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

/** Writes a small state file atomically, readable by its owner only. */
export function writeJsonFile(file: string, value: unknown): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const part = `${file}.part`;
  // Left by a killed command. `wx` then creates the file anew, and follows no link.
  rmSync(part, { force: true });
  writeFileSync(part, JSON.stringify(value), { mode: 0o600, flag: 'wx' });
  renameSync(part, file);
}

/** Opens a log file to append to, readable by its owner only. @throws UserError if it is a link or cannot be written */
export function openLogFile(file: string): number {
  const { O_WRONLY, O_APPEND, O_CREAT } = constants;
  try {
    return openSync(file, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
  } catch (error) {
    throw codeOfError(error) === 'ELOOP'
      ? untrusted(file, 'it is a link')
      : new UserError(`${file} cannot be written: ${messageOf(error)}.`);
  }
}

const HEARTBEAT_MS = 1_000;
/** The pid of a killed command may belong to another process by now, which sends no heartbeat. */
const HEARTBEAT_TIMEOUT_MS = 60_000;

/**
 * Counts the commands that use the servers of a folder, by a file for each: the command that started the servers must not stop
 * them while another uses them.
 */
export class FolderUse {
  readonly #users: string;
  readonly #own: string;
  readonly #heartbeat: NodeJS.Timeout;

  constructor(folder: string) {
    this.#users = path.join(folder, 'users');
    this.#own = path.join(this.#users, String(process.pid));
    mkdirSync(this.#users, { recursive: true });
    writeFileSync(this.#own, '');
    const beat = (): void => {
      // The folder may be removed while a command works. That ends the counting, but not the command.
      void utimes(this.#own, new Date(), new Date()).catch(() => undefined);
    };
    this.#heartbeat = setInterval(beat, HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  /** Says that this command needs the servers no more. */
  leave(): void {
    clearInterval(this.#heartbeat);
    rmSync(this.#own, { force: true });
  }

  /** Resolves when no other command is left. Calls `onWait` if there is one. */
  async untilAlone(onWait: () => void): Promise<void> {
    if (this.#hasOthers()) onWait();
    while (this.#hasOthers()) await delay(HEARTBEAT_MS / 4);
  }

  #hasOthers(): boolean {
    const pids = existsSync(this.#users) ? readdirSync(this.#users) : [];
    return pids.some((pid) => {
      const stats = statSync(path.join(this.#users, pid), { throwIfNoEntry: false });
      const isRecent = stats !== undefined && Date.now() - stats.mtimeMs < HEARTBEAT_TIMEOUT_MS;
      return Number(pid) !== process.pid && isRecent && isAlive(Number(pid));
    });
  }
}
