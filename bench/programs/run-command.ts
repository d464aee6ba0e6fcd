import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { cpuMsOf, peakMemoryOf, residentMemoryOf } from '../measure/process-tree.js';
import { watch } from '../measure/settled.js';

/** What a command came to that has ended. */
export interface CommandFigures {
  readonly elapsedMs: number;
  readonly cpuMs: number;
  /** Resident memory. */
  readonly peakBytes: number;
  readonly settledBytes: number;
}

interface CommandOptions {
  /** Of Node. */
  readonly args: readonly string[];
  readonly directory: string;
  readonly logFile: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** How often it is looked at: an ended process tells no more, and the figures are those of the last look. */
const LOOK_INTERVAL_MS = 100;

/** Runs a program of Node's to its end. @throws Error if it fails */
export async function runCommand({ args, directory, logFile, environment }: CommandOptions): Promise<CommandFigures> {
  const log = openSync(logFile, 'a');
  const startedAtMs = performance.now();
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, args, { cwd: directory, env, stdio: ['ignore', log, log] });
  closeSync(log);
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  let last = { cpuMs: 0, peakBytes: 0 };
  const look = (): void => {
    const peakBytes = child.pid === undefined ? 0 : peakMemoryOf(child.pid);
    if (child.pid !== undefined && peakBytes > 0) last = { cpuMs: cpuMsOf(child.pid), peakBytes };
  };
  const timer = setInterval(look, LOOK_INTERVAL_MS);
  const memory = watch(() => (child.pid === undefined ? 0 : residentMemoryOf(child.pid)));
  await once(child, 'exit');
  clearInterval(timer);
  const settledBytes = memory.settled();
  process.off('exit', kill);
  if (child.exitCode !== 0)
    throw new Error(`${args.join(' ')} ended with ${String(child.exitCode)}; ${logFile} says why`);
  return { elapsedMs: performance.now() - startedAtMs, ...last, settledBytes };
}
