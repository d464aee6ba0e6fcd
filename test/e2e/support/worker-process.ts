import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { SoarSim } from '../../../src/sim/index.js';
import { testServer } from './test-server.js';

/** `product` is `npm run worker` itself; `plain-post` is the same with the submission guard taken out: the control. */
export type WorkerKind = 'product' | 'plain-post';

/** A worker in a process of its own, so that it can be killed. */
export interface WorkerProcess {
  /** Everything it has written so far. */
  output(): string;
  /** kill -9, and gone when this resolves. */
  kill(): Promise<void>;
  /** SIGTERM, as a container gets it; gone when this resolves. */
  terminate(): Promise<void>;
}

const root = path.join(__dirname, '../../..');
const PROGRAMS: Record<WorkerKind, string[]> = {
  product: [path.join(root, 'dist/worker.js')],
  'plain-post': [path.join(__dirname, 'weak-worker.cjs'), 'plain-post'],
};

/** Starts a worker and waits until it takes work. */
export async function startWorkerProcess(
  kind: WorkerKind,
  sim: SoarSim,
  taskQueue: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<WorkerProcess> {
  const child = spawn(process.execPath, PROGRAMS[kind], {
    env: {
      ...process.env,
      TEMPORAL_ADDRESS: testServer().address,
      TEMPORAL_TASK_QUEUE: taskQueue,
      SOAR_BASE_URL: sim.url,
      SOAR_AUTH_TOKEN: sim.token,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  await started(child);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const gone = once(child, 'exit');
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await gone;
  };
  return { output: () => output, kill: () => end('SIGKILL'), terminate: () => end('SIGTERM') };
}

async function started(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`The worker ended at start with exit code ${String(code)}.`);
  });
  await Promise.race([lineWith(child, 'worker started'), exited]);
  exited.catch(() => undefined);
}

async function lineWith(child: ChildProcess, text: string): Promise<void> {
  if (!child.stdout) throw new Error('The worker has no output.');
  const lines = createInterface({ input: child.stdout });
  await new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      if (line.includes(text)) resolve();
    });
  });
}
