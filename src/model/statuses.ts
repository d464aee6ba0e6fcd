/**
 * What each status of an action_run means for somebody who waits. A cancelled run reads `failed` with a text in its `cancelled`
 * field. Source: the product's own enumerations; `cancelled` and `failure` are tolerated because clients in the field report them.
 */

/** What a status means for the wait: `unknown` is never taken for an end. */
export type StatusClass = 'waiting' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'unknown';

const STATUS_CLASSES: ReadonlyMap<string, StatusClass> = new Map([
  ['pending', 'waiting'],
  ['running', 'running'],
  ['success', 'succeeded'],
  ['failed', 'failed'],
  ['failure', 'failed'],
  ['cancelled', 'cancelled'],
]);

/** Classifies an action_run by `status` and, where it failed, by the text in `cancelled`. */
export function classifyActionRun(run: { status: string; cancelled?: string | null | undefined }): StatusClass {
  const statusClass = STATUS_CLASSES.get(run.status) ?? 'unknown';
  return statusClass === 'failed' && run.cancelled ? 'cancelled' : statusClass;
}

/** True once SOAR will not change the run any more. */
export function isTerminal(statusClass: StatusClass): boolean {
  return statusClass === 'succeeded' || statusClass === 'failed' || statusClass === 'cancelled';
}
