import { CancelledFailure, CancellationScope, continueAsNew } from '@temporalio/workflow';
import type { EnrichBatchInput, EnrichBatchResult } from '../contracts/enrich-batch.js';
import type { CarriedBatch } from '../model/batch-carry.js';
import { Batch } from './batch.js';
import { requireObject, requireShallow } from './require-object.js';

/**
 * Runs one action on many parameter sets, given at once or streamed: duplicates are dropped, the rest is packed many to an
 * action_run, and a window of children sees them through. Continues as new before its history grows too long.
 *
 * @param input what to run; see `EnrichBatchInput`
 * @param carried what an earlier run of this workflow hands over; only the workflow itself gives it
 * @returns the totals, and for every action_run where its rows are; the rows themselves stay in SOAR
 */
export async function enrichBatch(input: EnrichBatchInput, carried?: CarriedBatch): Promise<EnrichBatchResult> {
  requireObject(input, 'input: must be an object with request and items.');
  requireShallow('input', input);
  const batch = new Batch(input, carried);
  const { result, next } = await CancellationScope.nonCancellable(() => batch.story());
  if (next) return continueAsNew<typeof enrichBatch>(withoutItems(input), next);
  if (result.outcome === 'cancelled' && batch.stop.request()?.by === 'temporal')
    throw new CancelledFailure('The batch was cancelled.');
  return result;
}

/** They have been taken over; what is left of them is carried. */
function withoutItems({ items, ...rest }: EnrichBatchInput): EnrichBatchInput {
  return rest;
}
