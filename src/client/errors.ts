import {
  isGrpcServiceError,
  QueryNotRegisteredError,
  ServiceError,
  WorkflowFailedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { RunActionResult } from '../contracts/run-action.js';
import { SOAR_ERROR_CODES, rootCause } from '../model/error-codes.js';
import { isObject } from '../model/json.js';
import { FAILURE_TYPES } from '../model/names.js';
import { isNotReady } from './temporal-calls.js';

/** What `SoarRunner` rejects with. `code` is stable; the class says what kind it is. */
export class SoarRunnerError extends Error {
  override readonly name: string = 'SoarRunnerError';
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The request, an option or an argument is wrong, and nothing was sent to SOAR: `SOAR_INVALID_REQUEST`, or an update's own code. */
export class InvalidInput extends SoarRunnerError {
  override readonly name = 'InvalidInput';
  constructor(
    code: string,
    /** A sentence each, which begins with the path of the field. */
    readonly problems: readonly string[],
    options?: ErrorOptions,
  ) {
    super(code, problems.join('\n'), options);
  }
}

/** SOAR refused the action, or could not be talked to; `code` is one of `SOAR_ERROR_CODES`. */
export class SoarRefused extends SoarRunnerError {
  override readonly name = 'SoarRefused';
}

/** With `failUnlessSuccess`: the run ended otherwise. */
export class ActionNotSuccessful extends SoarRunnerError {
  override readonly name = 'ActionNotSuccessful';
  constructor(
    message: string,
    readonly result: RunActionResult,
    options?: ErrorOptions,
  ) {
    super(FAILURE_TYPES.actionRunNotSuccessful, message, options);
  }
}

/** The workflow ended without a result of ours: it was terminated, timed out, or failed; `code` is the failure's type. */
export class WorkflowBroken extends SoarRunnerError {
  override readonly name = 'WorkflowBroken';
}

/** No workflow has this id, or Temporal has deleted it: `NOT_FOUND`. */
export class NoSuchWorkflow extends SoarRunnerError {
  override readonly name = 'NoSuchWorkflow';
}

/** Temporal cannot be reached, or refuses this client: `TEMPORAL_UNAVAILABLE`. */
export class TemporalUnavailable extends SoarRunnerError {
  override readonly name = 'TemporalUnavailable';
}

/** Temporal is there and no worker answers: `NO_WORKER`. What was started goes on once one is up. */
export class NoWorker extends SoarRunnerError {
  override readonly name = 'NoWorker';
}

/** gRPC's own numbers. */
const CANCELLED = 1;
const DEADLINE_EXCEEDED = 4;
const FAILED_PRECONDITION = 9;

/**
 * Of a query that has a deadline: the server gives up at the same moment as the client, and in one of forty cases its reset of the
 * call comes first. @throws NoWorker for that, and every other error as it is
 */
export function queryUnanswered(error: unknown): never {
  if (codeOf(error) === CANCELLED) throw noWorker(error);
  throw error;
}

function noWorker(cause: unknown): NoWorker {
  return new NoWorker('NO_WORKER', 'No worker answers on the task queue; the workflow goes on once one is up.', {
    cause,
  });
}

function codeOf(error: unknown): number | undefined {
  const grpc = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(grpc) ? grpc.code : undefined;
}

/** The error of ours that one of Temporal's means; others pass unchanged. */
export function toClientError(error: unknown): unknown {
  if (error instanceof SoarRunnerError || !(error instanceof Error)) return error;
  const options = { cause: error };
  if (error instanceof WorkflowNotFoundError)
    return new NoSuchWorkflow('NOT_FOUND', `There is no such workflow: ${error.message}`, options);
  if (error instanceof WorkflowFailedError) return ofFailure(error);
  if (error instanceof QueryNotRegisteredError)
    return new InvalidInput('UNKNOWN_QUERY', [`The workflow is none of soar-runner’s: ${error.message}`], options);
  const cause = rootCause(error);
  return cause instanceof ApplicationFailure ? ofApplicationFailure(cause, error) : ofCall(error);
}

/** What a call to Temporal failed with. */
function ofCall(error: Error): unknown {
  const code = codeOf(error);
  if (isNotReady(error) || code === DEADLINE_EXCEEDED || code === FAILED_PRECONDITION) return noWorker(error);
  if (code === undefined) return error;
  return new TemporalUnavailable('TEMPORAL_UNAVAILABLE', `Temporal: ${error.message}`, { cause: error });
}

function ofFailure(error: WorkflowFailedError): unknown {
  const cause = rootCause(error);
  if (cause instanceof ApplicationFailure) return ofApplicationFailure(cause, error);
  return new WorkflowBroken(cause.name === 'Error' ? 'BROKEN' : cause.name, cause.message, { cause: error });
}

const SOAR_CODES: ReadonlySet<string> = new Set(Object.values(SOAR_ERROR_CODES));
const INPUT_CODES: ReadonlySet<string> = new Set([
  SOAR_ERROR_CODES.INVALID_REQUEST,
  FAILURE_TYPES.invalidItems,
  FAILURE_TYPES.batchClosed,
  FAILURE_TYPES.invalidResolution,
  FAILURE_TYPES.invalidStopWatching,
  FAILURE_TYPES.invalidMaxRunsInFlight,
  FAILURE_TYPES.rowsNotReadable,
]);

function ofApplicationFailure({ message, type, details }: ApplicationFailure, cause: Error): SoarRunnerError {
  const code = type ?? 'BROKEN';
  const [detail]: unknown[] = details ?? [];
  const problems: unknown = isObject(detail) ? detail['problems'] : undefined;
  if (INPUT_CODES.has(code))
    return new InvalidInput(code, Array.isArray(problems) ? problems.map(String) : [message], { cause });
  if (code === FAILURE_TYPES.actionRunNotSuccessful && isRunResult(detail))
    return new ActionNotSuccessful(message, detail, { cause });
  if (SOAR_CODES.has(code)) return new SoarRefused(code, message, { cause });
  return new WorkflowBroken(code, message, { cause });
}

function isRunResult(detail: unknown): detail is RunActionResult {
  return isObject(detail) && typeof detail['outcome'] === 'string' && Array.isArray(detail['appRuns']);
}

/** Makes a call whose errors are {@link SoarRunnerError}s. */
export async function translated<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toClientError(error);
  }
}
