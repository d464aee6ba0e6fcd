import { setMaxListeners } from 'node:events';
import { Context } from '@temporalio/activity';
import { HEARTBEAT_INTERVAL_MS } from '../model/timeouts.js';
import { toFailure } from './to-failure.js';

/** What a read may use while it runs: when to give up, and how to tell Temporal where it stands. */
export interface Pulse {
  readonly signal: AbortSignal;
  report(details: unknown): void;
}

/** Keeps telling Temporal that this worker is alive while `work` runs, with the details reported last. */
export async function withPulse<T>(work: (pulse: Pulse) => Promise<T>): Promise<T> {
  const context = Context.current();
  let latest: unknown = context.info.heartbeatDetails;
  const report = (details: unknown): void => {
    latest = details;
    context.heartbeat(details);
  };
  // A group asks for a hundred runs at once; Node would warn from eleven on.
  setMaxListeners(0, context.cancellationSignal);
  const ticker = setInterval(() => {
    context.heartbeat(latest);
  }, HEARTBEAT_INTERVAL_MS);
  try {
    return await work({ signal: context.cancellationSignal, report });
  } catch (error) {
    throw toFailure(error);
  } finally {
    clearInterval(ticker);
  }
}
