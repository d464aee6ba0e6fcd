import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { stopProcess } from './stop-process.js';

/** A server that is not ours: an engine, or a worker as users start it. */
export interface Server {
  readonly pid: number;
  stop(): Promise<void>;
}

interface ServerOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly logFile: string;
  readonly directory: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Whom it runs as, if that is not us. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Asked until it says true. */
  readonly isReady: () => Promise<boolean>;
}

const READY_TIMEOUT_MS = 60_000;
const PAUSE_MS = 50;

/** Starts it and waits until it is ready. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { command, args, logFile, directory, environment, user, isReady } = options;
  const log = openSync(logFile, 'a');
  const env = { ...process.env, ...environment };
  const child = spawn(command, args, { cwd: directory, env, stdio: ['ignore', log, log], ...user });
  closeSync(log);
  await once(child, 'spawn');
  const deadlineMs = Date.now() + READY_TIMEOUT_MS;
  while (!(await isReady())) {
    const hasEnded = child.exitCode !== null || child.signalCode !== null;
    if (hasEnded || Date.now() > deadlineMs) {
      await stopProcess(child);
      throw new Error(`${command} did not start; ${logFile} says why`);
    }
    await delay(PAUSE_MS);
  }
  if (child.pid === undefined) throw new Error(`${command} has no process`);
  return { pid: child.pid, stop: () => stopProcess(child) };
}
