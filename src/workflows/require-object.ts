import { ApplicationFailure } from '@temporalio/workflow';
import { SOAR_ERROR_CODES } from '../model/error-codes.js';

/** Fails the workflow where its input is none: reading fields of it would stop it in its tracks instead. */
export function requireObject(value: unknown, message: string): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  throw ApplicationFailure.nonRetryable(message, SOAR_ERROR_CODES.INVALID_REQUEST);
}
