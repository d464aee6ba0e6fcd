import { ApplicationFailure } from '@temporalio/common';

/** A list moved under the reader and was not read to its exact end: Temporal reads it again. */
export function incomplete(what: string): ApplicationFailure {
  return ApplicationFailure.create({ message: `The ${what} changed while they were read.`, type: 'IncompleteList' });
}
