import { setTimeout as delay } from 'node:timers/promises';
import { isGrpcServiceError, ServiceError, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';

/** gRPC codes of a Temporal that is away or overloaded: UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, CANCELLED. */
const PASSING_CODES: ReadonlySet<number> = new Set([14, 4, 8, 10, 1]);
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/** True for an error that says "Temporal is away" and nothing about the request. */
export function isPassing(error: unknown): boolean {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && PASSING_CODES.has(cause.code);
}

/** gRPC's FAILED_PRECONDITION: Temporal's answer to an update while no worker answers for the workflow. */
const NOT_READY_CODES: ReadonlySet<number> = new Set([9]);

/** True for an update that did not get through because the worker was away for a while. */
export function isNotReady(error: unknown): boolean {
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return true;
  return error instanceof ServiceError && isGrpcServiceError(error.cause) && NOT_READY_CODES.has(error.cause.code);
}

/**
 * Repeats `call` for as long as Temporal is away, because the SDK's own client gives up after about 20 seconds; or for as
 * long as `isWorthRepeating` says.
 */
export async function withRetries<T>(
  call: () => Promise<T>,
  isWorthRepeating: (error: unknown) => boolean = () => false,
): Promise<T> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await call();
    } catch (error) {
      if (!isPassing(error) && !isWorthRepeating(error)) throw error;
    }
    await delay(pauseMs);
  }
}
