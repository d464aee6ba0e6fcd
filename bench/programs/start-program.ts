import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';
import { answerSchema, READY_ID } from './call.js';
import { stopProcess } from './stop-process.js';

/** A program of the bench's in a process of its own. */
export interface Program {
  readonly pid: number;
  /** Has the program do something. Rejects with its error, or when it has ended instead. */
  call<T>(name: string, schema: z.ZodType<T>, argument?: unknown): Promise<T>;
  stop(): Promise<void>;
}

const LOADER = path.join(__dirname, 'load-typescript.cjs');

interface ProgramOptions {
  /** Below `bench/`: `soar/soar-process.ts`. */
  readonly file: string;
  /** Where its standard output and errors go. */
  readonly logFile: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts a program that calls `answerCalls`, and waits until it is ready. */
export async function startProgram({ file, logFile, environment }: ProgramOptions): Promise<Program> {
  const log = openSync(logFile, 'a');
  const child = fork(path.join(__dirname, '..', file), {
    execArgv: ['-r', LOADER],
    env: { ...process.env, ...environment },
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const waiting = new Waiting(child, `${file} ended; ${logFile} says why`);
  await waiting.for(READY_ID);
  if (child.pid === undefined) throw new Error(`${file} could not be started`);
  let calls = 0;
  return {
    pid: child.pid,
    call: async (name, schema, argument) => {
      const id = calls++;
      child.send({ id, name, argument });
      return schema.parse(await waiting.for(id));
    },
    stop: () => stopProcess(child),
  };
}

interface Settle {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Who waits for which message of a program. */
class Waiting {
  readonly #waiting = new Map<number, Settle>();
  #ended = false;

  constructor(
    child: ChildProcess,
    readonly whenEnded: string,
  ) {
    child.on('message', (message) => {
      this.#take(message);
    });
    child.on('exit', () => {
      this.#ended = true;
      for (const { reject } of this.#waiting.values()) reject(new Error(this.whenEnded));
    });
  }

  async for(id: number): Promise<unknown> {
    if (this.#ended) throw new Error(this.whenEnded);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  #take(message: unknown): void {
    const { id, result, error } = answerSchema.parse(message);
    const settle = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) settle?.resolve(result);
    else settle?.reject(new Error(error));
  }
}
