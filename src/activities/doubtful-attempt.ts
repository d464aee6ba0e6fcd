import { Context } from '@temporalio/activity';
import type { SoarError } from '../soar/errors.js';
import { toFailure } from './to-failure.js';

/** Heartbeat details that allow the next attempt to POST: the attempt before it certainly sent nothing. */
interface NothingSent {
  readonly nothingSentInAttempt: number;
}

/** A retry may POST only when the attempt before it left word that nothing was sent; a killed one leaves none. */
export function isDoubtful(): boolean {
  const { info } = Context.current();
  const details: unknown = info.heartbeatDetails;
  return info.attempt > 1 && !(isNothingSent(details) && details.nothingSentInAttempt === info.attempt - 1);
}

/** The failure after which Temporal may try again, because nothing was sent; leaves the word that says so. */
export function nothingSent(error: SoarError): unknown {
  const context = Context.current();
  context.heartbeat({ nothingSentInAttempt: context.info.attempt } satisfies NothingSent);
  return toFailure(error);
}

function isNothingSent(details: unknown): details is NothingSent {
  return typeof details === 'object' && details !== null && 'nothingSentInAttempt' in details;
}
