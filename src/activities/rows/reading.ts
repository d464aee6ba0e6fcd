import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { meaningOf } from '../../model/error-codes.js';
import { FAILURE_TYPES } from '../../model/names.js';
import { SoarError } from '../../soar/errors.js';
import { ResultsMoved } from '../../soar/paging.js';

/** From this attempt on SOAR's word that it does not have results is believed: a node that lags has caught up. */
const BELIEVED_FROM_ATTEMPT = 2;

/**
 * Reads, and says what lasts in place of an error: SOAR's own word that it does not have the results any more.
 *
 * @throws everything that may pass, for Temporal to try again
 */
export async function lasting(read: () => Promise<void>): Promise<string | undefined> {
  try {
    await read();
    return undefined;
  } catch (error) {
    return problemUnlessPassing(error);
  }
}

function problemUnlessPassing(error: unknown): string {
  const isOfOne = error instanceof ResultsMoved || (error instanceof SoarError && meaningOf(error.code).oneResource);
  if (!(error instanceof Error) || !isOfOne || !isBelieved()) throw error;
  return `The results are gone, or cannot be read: ${error.message}`;
}

/** @throws for Temporal to try again, unless what was read is believed to be the last word */
export function believe(problem: string): void {
  if (!isBelieved()) throw ApplicationFailure.create({ message: problem, type: FAILURE_TYPES.incompleteList });
}

function isBelieved(): boolean {
  return Context.current().info.attempt >= BELIEVED_FROM_ATTEMPT;
}
