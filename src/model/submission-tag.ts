import { textOr } from './text.js';

/**
 * SOAR has no idempotency key and only `name` is ours to set, so a unique tag in the name is how a run is found again
 * after a POST whose answer was lost.
 */

const PREFIX = 'soar-runner';

/** What a workflow knows of its own execution; the names are Temporal's. */
export interface ExecutionIdentity {
  readonly runId: string;
  readonly originalExecutionRunId: string;
  readonly firstExecutionRunId: string;
  readonly attempt: number;
  readonly cronSchedule?: string;
}

/**
 * The tag of a workflow's submission: `soar-runner:<run id>`.
 *
 * `originalExecutionRunId` survives a reset. A workflow retry gets a new one, but is the same request, so it goes by the
 * first attempt's; the runs of a cron schedule are different requests.
 */
export function submissionTag(execution: ExecutionIdentity): string {
  const isRetry = execution.attempt > 1 && execution.cronSchedule === undefined;
  return `${PREFIX}:${isRetry ? execution.firstExecutionRunId : execution.originalExecutionRunId}`;
}

/** True where an earlier execution may have submitted under the same tag: after a reset and in a workflow retry. */
export function mayHaveBeenSubmitted(execution: ExecutionIdentity): boolean {
  return execution.attempt > 1 || execution.runId !== execution.originalExecutionRunId;
}

/**
 * The name a run gets in SOAR: the caller's own, readable, and the tag behind it. Takes anything: a workflow may have to
 * look a request up before an activity has had the chance to refuse it.
 */
export function taggedName(name: unknown, tag: string): string {
  return `${textOr(name, 'unnamed').trim()} [${tag}]`;
}

/** True when `name` carries `tag`: SOAR ignores parameters it does not know, so a filtered list is checked again here. */
export function carriesTag(name: string | null | undefined, tag: string): boolean {
  return name?.includes(`[${tag}]`) ?? false;
}
