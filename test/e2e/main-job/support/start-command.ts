import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const MAIN = path.join(__dirname, '../../../../dist/cli/main.js');
const CONFIGURED_ELSEWHERE = /^(TEMPORAL|SOAR)_/;

/** One run of the command line, as `npm start` runs it: without a terminal, its state in its folder. */
export interface RunningCommand {
  readonly said: { readonly stdout: string; readonly stderr: string };
  /** The exit code; `null` if a signal ended it. */
  readonly ended: Promise<number | null>;
  isRunning(): boolean;
  /** The first match of `pattern` in what it says. Rejects where it ends without. */
  sees(pattern: RegExp): Promise<RegExpExecArray>;
  /** Sends the signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/**
 * @param configured the only variables of Temporal and SOAR that the command sees
 * @param input what it reads on standard input
 */
export function runCommand(
  folder: string,
  args: readonly string[],
  configured: Readonly<Record<string, string>>,
  input?: string,
): RunningCommand {
  const others = Object.entries(process.env).filter(([name]) => !CONFIGURED_ELSEWHERE.test(name));
  const env = { ...Object.fromEntries(others), ...configured };
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, env, stdio: 'pipe' });
  child.stdin.end(input);
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
  const ended = once(child, 'close').then(() => child.exitCode);
  return {
    said,
    ended,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    sees: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(said.stdout + said.stderr);
          if (match) resolve(match);
        };
        child.stdout.on('data', look);
        child.stderr.on('data', look);
        void ended.then(() => {
          reject(new Error(`It ended before it said ${String(pattern)}: ${said.stdout}${said.stderr}`));
        });
        look();
      }),
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}
