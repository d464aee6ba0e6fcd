import { ApplicationFailure } from '@temporalio/common';
import { checkEnrichBatchInput } from '../contracts/enrich-batch.js';
import { SOAR_ERROR_CODES } from '../model/error-codes.js';

const MAX_PROBLEMS = 20;

/** Refuses a batch that can never work, with the fields and what would be right, before anything is sent. */
export function checkBatch(input: unknown): Promise<void> {
  const checked = checkEnrichBatchInput(input);
  if (checked.ok) return Promise.resolve();
  const problems = checked.problems.slice(0, MAX_PROBLEMS);
  throw ApplicationFailure.nonRetryable(problems.join('\n'), SOAR_ERROR_CODES.INVALID_REQUEST, { problems });
}
