import { Client } from '@temporalio/client';
import { TemporalUnavailable } from '../../client/errors.js';
import { SoarRunner } from '../../client/soar-runner.js';
import { readTemporalConfig } from '../../config/read-config.js';
import { DEFAULT_TASK_QUEUE } from '../../model/names.js';
import { connectTo } from '../../client/temporal-calls.js';
import { TEMPORAL_VARIABLES, whyUnreachable } from '../../client/why-unreachable.js';
import { messageOf } from '../errors.js';
import { errorDocument, EXIT, exitCodeOfError } from './exit-code.js';
import { say, writeDocument } from './print.js';

/** What the commands of a caller take. */
export interface CallerOptions {
  readonly json?: true;
}

/** Options of `run`. */
export interface RunOptions extends CallerOptions {
  readonly id?: string;
  readonly detach?: true;
}

/** Options of `list`. */
export interface ListOptions extends CallerOptions {
  readonly state?: string;
}

const CONNECT_TIMEOUT_MS = 5_000;

/** Connects to the Temporal that the environment names. */
async function connect(): Promise<SoarRunner> {
  const { connectionOptions, namespace } = readTemporalConfig();
  const connection = await connectTo({ ...connectionOptions, connectTimeout: CONNECT_TIMEOUT_MS }).catch(
    async (cause: unknown) => {
      const where = connectionOptions.address ?? '127.0.0.1:7233';
      const reason = await whyUnreachable(connectionOptions, cause, TEMPORAL_VARIABLES);
      const message = `Temporal cannot be reached at ${where}: ${reason}.`;
      throw new TemporalUnavailable('TEMPORAL_UNAVAILABLE', message, { cause });
    },
  );
  const client = new Client({ connection, ...(namespace === undefined ? {} : { namespace }) });
  return SoarRunner.on(client, process.env['TEMPORAL_TASK_QUEUE']?.trim() || DEFAULT_TASK_QUEUE);
}

/** Does a command's work and ends the process with what `work` says, or with the exit code of its error. */
export async function withRunner(
  { json }: CallerOptions,
  work: (connecting: () => Promise<SoarRunner>) => Promise<number>,
): Promise<void> {
  const connecting = connect();
  connecting.catch(() => undefined);
  process.stdout.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.unread);
    say(`The output cannot be written: ${error.message}`);
    process.exit(EXIT.endedOtherwise);
  });
  try {
    await end(await work(() => connecting));
  } catch (error) {
    const { text, exitCode } = await explained(error);
    if (json) writeDocument(errorDocument(error, text));
    else say(text);
    await end(exitCode);
  }
}

/** Here, and not where the program ends: in the bundle of these commands the classes of errors are others than there. */
async function explained(error: unknown): Promise<{ readonly text: string; readonly exitCode: number }> {
  const exitCode = exitCodeOfError(error);
  if (exitCode !== undefined) return { text: messageOf(error), exitCode };
  const { explain } = await import('../explain-errors.js');
  return { text: messageOf(error), ...explain(error, process.env) };
}

/** Not `process.exitCode`: a pending call to Temporal would keep the process alive. What was written is let through first. */
async function end(exitCode: number): Promise<void> {
  await new Promise<void>((resolve) =>
    process.stdout.write('', () => {
      resolve();
    }),
  );
  process.exit(exitCode);
}
