import { ApplicationFailure } from '@temporalio/workflow';
import { isDeeperThan, MAX_INPUT_DEPTH } from '../model/depth.js';
import { SOAR_ERROR_CODES } from '../model/error-codes.js';

/** Fails the workflow where its input is none: reading fields of it would stop it in its tracks instead. */
export function requireObject(value: unknown, message: string): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  throw refusal(message);
}

/** Fails the workflow where no activity can be given its input, not even the one that checks it. */
export function requireShallow(field: string, value: unknown): void {
  if (!isDeeperThan(value, MAX_INPUT_DEPTH)) return;
  throw refusal(`${field}: must not be nested deeper than ${MAX_INPUT_DEPTH} levels.`);
}

function refusal(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, SOAR_ERROR_CODES.INVALID_REQUEST);
}
