import { WorkflowFailedError } from '@temporalio/client';
import type { EnrichBatchResult } from '../../../contracts/enrich-batch.js';
import type { SoarClient } from '../../../soar/client.js';
import { requestFieldsOf } from '../input/item-plan.js';
import type { PreparedJob } from '../job/prepare-job.js';
import type { ResultStore } from '../job/result-store.js';
import type { RowStream } from '../output/row-stream.js';
import type { Batch } from './batch.js';
import { followChildren } from './follow-children.js';
import type { ProgressWatch } from './progress-watch.js';
import { createResultsReader } from './read-results.js';
import { sendItems } from './send-items.js';

/** How a batch ended: with its result, or with the reason why it has none; `nothing` where there was nothing to run. */
export type Ending =
  EnrichBatchResult | { readonly outcome: 'broken'; readonly reason: string } | { readonly outcome: 'nothing' };

/** Hands a batch its items and takes its results, both at once, until it has ended. */
export async function runBatch(
  batch: Batch,
  { spec, input, results }: PreparedJob,
  soar: SoarClient,
  progress: ProgressWatch,
  stream: RowStream | undefined,
): Promise<Ending> {
  await forgetAnEarlierBatch(batch, results);
  const ended = batch.result();
  const reader = createResultsReader(soar);
  const job = { batch, progress, reader, requestFields: requestFieldsOf(spec.plan), input, results, stream };
  // A batch that ends before it has all its items, because somebody cancelled it, says so in its result.
  const sent = sendItems(batch, input, results).then(() => ended);
  try {
    await Promise.all([Promise.race([sent, ended]), followChildren(job, ended)]);
    return await ended;
  } catch (error) {
    if (error instanceof WorkflowFailedError) return { outcome: 'broken', reason: rootCause(error).message };
    throw error;
  } finally {
    sent.catch(() => undefined);
  }
}

/** A workflow that Temporal has forgotten since is started anew, and has none of the items. */
async function forgetAnEarlierBatch(batch: Batch, results: ResultStore): Promise<void> {
  const { sent } = await results.marks();
  if (sent > 0 && (await batch.status()).total < sent) await results.clear();
}

function rootCause(error: Error): Error {
  return error.cause instanceof Error ? rootCause(error.cause) : error;
}
