import { ApplicationFailure, WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import type { EnrichBatchResult } from '../../contracts/enrich-batch.js';
import { FAILURE_TYPES } from '../../model/names.js';
import { rootCause } from '../../model/root-cause.js';
import type { SoarClient } from '../../soar/client.js';
import { requestFieldsOf } from '../input/row.js';
import type { PreparedJob } from './prepare.js';
import type { ResultStore } from './result-store.js';
import type { RowStream } from '../output/stream.js';
import type { Batch } from './batch.js';
import { followChildren } from './follow-batch.js';
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
  const job = { batch, progress, reader, requestFields: requestFieldsOf(spec.mapping), input, results, stream };
  const sent = sendItems(batch, input, results).catch(unlessOver);
  try {
    await Promise.all([Promise.race([sent.then(() => ended), ended]), followChildren(job, ended)]);
    return await ended;
  } catch (error) {
    if (error instanceof WorkflowFailedError) return { outcome: 'broken', reason: rootCause(error).message };
    throw error;
  }
}

/** A batch that takes no more items, because somebody cancelled it, say, tells the rest by its end. */
function unlessOver(error: unknown): void {
  if (!saysThatItIsOver(error)) throw error;
}

function saysThatItIsOver(error: unknown): boolean {
  if (error instanceof WorkflowNotFoundError) return true;
  if (error instanceof ApplicationFailure && error.type === FAILURE_TYPES.batchClosed) return true;
  return error instanceof Error && saysThatItIsOver(error.cause);
}

/** A workflow that Temporal has forgotten since is started anew, and has none of the items. */
async function forgetAnEarlierBatch(batch: Batch, results: ResultStore): Promise<void> {
  const { sent } = await results.marks();
  if (sent > 0 && (await batch.status()).total < sent) await results.clear();
}
