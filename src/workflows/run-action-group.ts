import { CancelledFailure, CancellationScope } from '@temporalio/workflow';
import type { RunActionGroupInput, RunActionGroupResult } from '../contracts/run-action-group.js';
import { ActionRunGroup } from './action-run-group.js';

/**
 * Sees many small action_runs of a batch through in one workflow: submits them, waits for them and takes their accounts
 * together, so that each costs milliseconds. A run that needs more care than its neighbours is handed back to the batch,
 * which gives it a `runAction` of its own; so every run has the guarantees of `runAction`.
 */
export async function runActionGroup(input: RunActionGroupInput): Promise<RunActionGroupResult> {
  const group = new ActionRunGroup(input);
  const result = await CancellationScope.nonCancellable(() => group.story());
  if (group.stop.request()?.by === 'temporal') throw new CancelledFailure('The group was cancelled.');
  return result;
}
