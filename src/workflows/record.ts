import { log, workflowInfo } from '@temporalio/workflow';
import { cut, textOr } from '../model/text.js';

/** What somebody did to a workflow. */
type Act = 'start' | 'cancel' | 'resolve' | 'adopt' | 'stopWatching';

/**
 * One line in the worker's log for what somebody did. The SDK adds which workflow it was, and writes nothing in a replay. Who it was
 * stands in Temporal's history alone: a workflow is not told.
 */
export function record(act: Act, details: Readonly<Record<string, string | number | boolean | undefined>>): void {
  log.info(`a caller asked for: ${act}`, { act, ...details });
}

/** Of a workflow that a batch has not started. */
export function recordStart(action: unknown): void {
  if (!workflowInfo().parent) record('start', { action: cut(textOr(action, 'unnamed action'), 200) });
}
