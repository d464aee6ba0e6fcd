import { NamespaceNotFoundError, ServiceError } from '@temporalio/client';
import { CommanderError } from 'commander';
import { SoarRunnerError, toClientError } from '../client/errors.js';
import { StartRefused } from '../config/read-config.js';
import { codeOfError, SoarError } from '../soar/soar-error.js';
import { EXIT, exitCodeOfError } from './caller/exit-code.js';
import { messageOf, UserError } from './errors.js';
import { soarAdvice } from './soar-advice.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** What people are told of an error, and the exit code. Nothing is said of what has been said already. */
export interface Explanation {
  readonly text?: string;
  readonly exitCode: number;
}

/** Explains whatever ended a command: what happened, and what to do. Only an error of our own making has a stack. */
export function explain(error: unknown, environment: Environment): Explanation {
  if (error instanceof CommanderError) return { exitCode: error.exitCode === 0 ? 0 : 2 };
  if (error instanceof UserError) return { text: error.message, exitCode: error.exitCode };
  if (error instanceof StartRefused) return { text: error.message, exitCode: 1 };
  if (error instanceof SoarError) return { text: `${error.message}\n${soarAdvice(error, environment)}`, exitCode: 1 };
  const outside = [...causesOf(error)].map((cause) => temporalProblem(cause) ?? systemProblem(cause)).find(Boolean);
  if (outside !== undefined) return { text: outside, exitCode: 1 };
  const ofClient = toClientError(error);
  if (ofClient instanceof SoarRunnerError) return { text: ofClient.message, exitCode: exitCodeOf(ofClient) };
  const stack = error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
  return { text: `This is a fault of soar-runner. Please report it with these lines:\n${stack}`, exitCode: 1 };
}

/** Of a job: a script tells only a wrong use from work that could not be done. */
function exitCodeOf(error: SoarRunnerError): number {
  return exitCodeOfError(error) === EXIT.refusedInput ? 2 : 1;
}

function* causesOf(error: unknown): Generator {
  // An error can be its own cause.
  for (let cause = error, depth = 0; cause !== undefined && cause !== null && depth < 10; depth += 1) {
    yield cause;
    cause = typeof cause === 'object' && 'cause' in cause ? cause.cause : undefined;
  }
}

/** gRPC's own numbers. */
const GRPC_NOT_FOUND = 5;
const GRPC_REFUSALS: readonly unknown[] = [7, 16];

function temporalProblem(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof NamespaceNotFoundError) return noSuchNamespace(error.message);
  // The native core's own error.
  if (error.name === 'TransportError')
    return `Temporal cannot be reached: ${error.message}. The same command goes on with the job.`;
  const cause = error instanceof ServiceError ? error.cause : error;
  return cause instanceof Error && 'details' in cause && 'code' in cause ? grpcProblem(cause) : undefined;
}

function grpcProblem({ code, details }: { code: unknown; details: unknown }): string {
  const text = String(details);
  if (code === GRPC_NOT_FOUND && /namespace/i.test(text)) return noSuchNamespace(text);
  if (GRPC_REFUSALS.includes(code))
    return `Temporal refuses this client: ${text}. Check TEMPORAL_API_KEY and TEMPORAL_TLS_….`;
  return `Temporal: ${text}. The same command goes on with the job.`;
}

function noSuchNamespace(text: string): string {
  return `Check TEMPORAL_NAMESPACE: Temporal has no such namespace (${text}).`;
}

const GOES_ON = 'What was done is kept; the same command goes on once that is mended.';

const SYSTEM_PROBLEMS: readonly (readonly [RegExp, string])[] = [
  [/ENOSPC|EDQUOT|EFBIG|No space left|quota exceeded|File too large/i, `The disk is full. ${GOES_ON}`],
  [/EROFS|Read-only file system/i, `The file system is read-only. ${GOES_ON}`],
  [/EACCES|EPERM|Permission denied/i, `This user may not do that. ${GOES_ON}`],
  [/EMFILE|ENFILE|Too many open files/i, `Too many files are open: raise the limit (ulimit -n). ${GOES_ON}`],
  [/EADDRINUSE/, 'The port is taken: choose another.'],
  [/EADDRNOTAVAIL/, 'The address is not one of this machine.'],
  [/ENOENT|EIO|EISDIR|ENOTDIR|Input\/output error/i, `A file cannot be used. ${GOES_ON}`],
];

/** LevelDB has the system's words in its message, and no code of the system's. */
function systemProblem(error: unknown): string | undefined {
  const code = codeOfError(error);
  const isSystem = /^E[A-Z]+$/.test(code) || /^LEVEL_/.test(code) || /^IO error/.test(messageOf(error));
  if (!isSystem) return undefined;
  const text = `${code} ${messageOf(error)}`;
  const advice = SYSTEM_PROBLEMS.find(([pattern]) => pattern.test(text))?.[1];
  return advice === undefined ? undefined : `${messageOf(error)}\n${advice}`;
}
