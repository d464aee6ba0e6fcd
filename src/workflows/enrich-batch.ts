import {
  CancelledFailure,
  CancellationScope,
  defineQuery,
  proxyLocalActivities,
  setHandler,
} from '@temporalio/workflow';
import type { SoarActivities } from '../activities/index.js';
import type { BatchProgress, EnrichBatchInput, EnrichBatchResult } from '../contracts/enrich-batch.js';
import { NO_PROGRESS } from '../model/batch-state.js';
import { QUERIES } from '../model/names.js';
import { Batch } from './batch.js';

const progressQuery = defineQuery<BatchProgress>(QUERIES.progress);

const { checkBatch } = proxyLocalActivities<SoarActivities>({ startToCloseTimeout: '10s' });

/**
 * Runs one action on many parameter sets: duplicates are dropped, the rest is packed many to an action_run, and a window
 * of `runAction` children sees them through.
 *
 * @returns the totals, and for every action_run where its rows are; the rows themselves stay in SOAR
 */
export async function enrichBatch(input: EnrichBatchInput): Promise<EnrichBatchResult> {
  // The query is answered from the first moment, also while the input is being checked.
  const running: { batch?: Batch } = {};
  setHandler(progressQuery, () => running.batch?.progress() ?? NO_PROGRESS, {
    description: 'How many items are done, succeeded, failed.',
  });
  await checkBatch(input);
  running.batch = new Batch(input);
  return toEnd(running.batch);
}

async function toEnd(batch: Batch): Promise<EnrichBatchResult> {
  const result = await CancellationScope.nonCancellable(() => batch.story());
  if (result.outcome === 'cancelled' && batch.stop.request()?.by === 'temporal')
    throw new CancelledFailure('The batch was cancelled.');
  return result;
}
