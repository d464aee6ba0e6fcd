import {
  ActionNotSuccessful,
  InvalidInput,
  NoSuchWorkflow,
  NoWorker,
  SoarRefused,
  SoarRunnerError,
  TemporalUnavailable,
} from '../../client/errors.js';
import { UserError } from '../errors.js';

/** The exit codes that a script can go by. */
export const EXIT = {
  success: 0,
  endedOtherwise: 1,
  refusedInput: 2,
  soar: 3,
  temporal: 4,
  detached: 130,
  /** As of a program that SIGPIPE ends: nobody reads what it writes. */
  unread: 141,
} as const;

/** The exit code of a result. */
export function exitCodeOf(outcome: string): number {
  return outcome === 'success' ? EXIT.success : EXIT.endedOtherwise;
}

/** The exit code of an error; undefined if it is none that is known. */
export function exitCodeOfError(error: unknown): number | undefined {
  if (error instanceof UserError) return error.exitCode;
  if (error instanceof InvalidInput || error instanceof NoSuchWorkflow) return EXIT.refusedInput;
  if (error instanceof SoarRefused) return EXIT.soar;
  if (error instanceof TemporalUnavailable || error instanceof NoWorker) return EXIT.temporal;
  if (error instanceof SoarRunnerError)
    return error.code === 'IDEMPOTENCY_CONFLICT' ? EXIT.refusedInput : EXIT.endedOtherwise;
  return undefined;
}

/** What an error, told as `message`, leaves on standard output with `--json`. */
export function errorDocument(error: unknown, message: string): object {
  const code = error instanceof SoarRunnerError ? error.code : 'REFUSED';
  const problems = error instanceof InvalidInput ? { problems: error.problems } : {};
  const result = error instanceof ActionNotSuccessful ? { result: error.result } : {};
  return { error: { code, message, ...problems, ...result } };
}
