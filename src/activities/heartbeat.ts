import { setMaxListeners } from 'node:events';
import { Context } from '@temporalio/activity';
import { isUrgentPriority } from '../model/options.js';
import { HEARTBEAT_INTERVAL_MS } from '../model/timeouts-and-intervals.js';
import { toFailure } from './failures.js';

/** The activity's abort signal and its heartbeat function. */
export interface Heartbeat {
  readonly signal: AbortSignal;
  report(details: unknown): void;
}

/** Keeps telling Temporal that this worker is alive while `work` runs, with the details reported last. */
export async function withHeartbeat<T>(work: (heartbeat: Heartbeat) => Promise<T>): Promise<T> {
  const context = Context.current();
  // A local activity is part of a workflow task, which nobody misses by heartbeats.
  const tell = (details: unknown): void => {
    if (!context.info.isLocal) context.heartbeat(details);
  };
  let latest: unknown = context.info.heartbeatDetails;
  const report = (details: unknown): void => {
    latest = details;
    tell(details);
  };
  // A group asks for a hundred runs at once; Node would warn from eleven on.
  setMaxListeners(0, context.cancellationSignal);
  const ticker = setInterval(() => {
    tell(latest);
  }, HEARTBEAT_INTERVAL_MS);
  try {
    return await work({ signal: context.cancellationSignal, report });
  } catch (error) {
    throw toFailure(error);
  } finally {
    clearInterval(ticker);
  }
}

/** Since Temporal first scheduled the activity, by its own clock, in milliseconds. */
export function sinceScheduledMs(): number {
  const { scheduledTimestampMs, currentAttemptScheduledTimestampMs } = Context.current().info;
  return currentAttemptScheduledTimestampMs - scheduledTimestampMs;
}

/** True unless the code runs in an activity of a batch: then its requests let those of single actions go first. */
export function isUrgent(): boolean {
  try {
    return isUrgentPriority(Context.current().info.priority?.priorityKey);
  } catch {
    // Outside an activity: the look at a new SOAR, say.
    return true;
  }
}
