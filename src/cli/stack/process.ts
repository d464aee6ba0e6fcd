import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOfError } from '../../soar/soar-error.js';
import { childEnvironment } from './child-program.js';

/** True while a process with this id exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** What tells a process from a later one that has got its id. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it was started, as the system writes it. */
  readonly startedAt: string;
  /** The program with its arguments. */
  readonly command: string;
}

/** The process that has this id now; `undefined` if there is none, or if the system does not tell. */
export function processWithId(pid: number): ProcessIdentity | undefined {
  return existsSync('/proc/self/stat') ? fromProc(pid) : fromPs(pid);
}

function fromProc(pid: number): ProcessIdentity | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name before the last bracket can hold anything. The start time is field 22, and the field behind the name is the third.
    const startedAt = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
    return startedAt === undefined || command === '' ? undefined : { pid, startedAt, command };
  } catch {
    return undefined;
  }
}

/** `lstart` has 24 characters, as `Tue Nov 24 08:30:00 2026`. */
const LSTART_CHARACTERS = 24;

function fromPs(pid: number): ProcessIdentity | undefined {
  const environment = { ...childEnvironment(process.env), LC_ALL: 'C' };
  const { stdout } = spawnSync('ps', ['-ww', '-o', 'lstart=,args=', '-p', String(pid)], {
    encoding: 'utf8',
    env: environment,
  });
  const line = typeof stdout === 'string' ? stdout.trim() : '';
  const [startedAt, command] = [line.slice(0, LSTART_CHARACTERS), line.slice(LSTART_CHARACTERS).trim()];
  return command === '' ? undefined : { pid, startedAt, command };
}

/** True while this very process runs, and not another that has got its id. */
export function isRunning({ pid, startedAt, command }: ProcessIdentity): boolean {
  const now = processWithId(pid);
  return now !== undefined && now.startedAt === startedAt && now.command === command;
}

/** True once this very process is no more. One that is ending has no command, but it may still hold its ports and files. */
export function isGone(identity: ProcessIdentity): boolean {
  if (!isAlive(identity.pid)) return true;
  return processWithId(identity.pid) !== undefined && !isRunning(identity);
}

const STOP_TIMEOUT_MS = 10_000;

/**
 * Ends a process: asks it, and kills it if it does not end within ten seconds. Leaves a process alone that is another by now.
 *
 * @param whole `group`: also what it has started, if it leads a process group of its own
 */
export async function stopProcess(identity: ProcessIdentity, whole: 'process' | 'group' = 'process'): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!isRunning(identity)) return;
    send(signal, identity.pid, whole);
    const deadline = Date.now() + STOP_TIMEOUT_MS;
    while (!isGone(identity) && Date.now() < deadline) await delay(50);
  }
}

function send(signal: NodeJS.Signals, pid: number, whole: 'process' | 'group'): void {
  try {
    process.kill(whole === 'group' ? -pid : pid, signal);
  } catch (error) {
    // It leads no group.
    if (whole === 'process' || codeOfError(error) !== 'ESRCH') throw error;
    process.kill(pid, signal);
  }
}

/** The preferred port if it is free, otherwise one that is. */
export async function freePort(preferred: number): Promise<number> {
  return (await tryPort(preferred)) ?? (await tryPort(0)) ?? preferred;
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(undefined);
    });
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address ? address.port : undefined);
      });
    });
  });
}
