import { Context } from '@temporalio/activity';

/** Temporal's own default: single actions run at it, batches below it. */
const DEFAULT_PRIORITY_KEY = 3;

/** True unless the code runs in an activity of a batch: then its requests let those of single actions go first. */
export function isUrgent(): boolean {
  try {
    return (Context.current().info.priority?.priorityKey ?? DEFAULT_PRIORITY_KEY) <= DEFAULT_PRIORITY_KEY;
  } catch {
    // Outside an activity: the look at a new SOAR, say.
    return true;
  }
}
