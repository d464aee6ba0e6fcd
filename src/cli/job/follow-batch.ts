import { WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { isClosed } from '../../client/batch-handle.js';
import type { PlacedRun } from '../../client/batch-handle.js';
import { SoarRunnerError } from '../../client/errors.js';
import type { EnrichBatchResult } from '../../contracts/enrich-batch.js';
import { parametersOf } from '../../model/batch/batch-item.js';
import type { RequestField } from '../../model/batch/batch-item.js';
import { rootCause } from '../../model/error-codes.js';
import { contentsOf, toRead } from '../../rows/contents.js';
import { createResultsReader } from '../../rows/our-results.js';
import type { ResultsReader } from '../../rows/our-results.js';
import type { SoarClient } from '../../soar/client.js';
import { ownPatience } from '../../soar/lasting.js';
import { requestFieldsOf } from '../input/row.js';
import { inParallel } from './in-parallel.js';
import type { InputStore } from './input-store.js';
import { itemRow } from './result-store.js';
import type { ItemRow, ResultStore } from './result-store.js';
import { sendPilot } from './pilot.js';
import type { PreparedJob } from './prepare.js';
import type { ProgressWatch } from './progress.js';
import { sendItems } from './start-batch.js';
import type { Batch } from './start-batch.js';

/** How a batch ended: with its result, without one and why, or without being started because there was nothing to run. */
export type Ending =
  EnrichBatchResult | { readonly outcome: 'broken'; readonly reason: string } | { readonly outcome: 'nothing' };

/** An output that takes rows while the batch runs. */
export interface LiveOutput {
  /** The id of this process among those that have worked on the job. */
  readonly by: string;
  /** Gives out the rows of the items at these places. */
  giveOut(places: readonly number[]): Promise<void>;
}

/** Sends a batch its items and reads its results, both at once, until it has ended. */
export async function runBatch(
  batch: Batch,
  prepared: PreparedJob,
  soar: SoarClient,
  progress: ProgressWatch,
  output: LiveOutput | undefined,
): Promise<Ending> {
  const { spec, input, results } = prepared;
  const { sent } = await results.checkpoint();
  // If Temporal has deleted the workflow, this is a new one of the same id, which has none of the items.
  if (sent > 0 && (await batch.status()).total < sent) await results.clear();
  const ended = batch.result();
  const reader = createResultsReader(soar, ownPatience);
  const job = { batch, progress, reader, requestFields: requestFieldsOf(spec.mapping), input, results, output };
  // Heard below; until then nobody else listens.
  ended.catch(() => undefined);
  await sendPilot(batch, prepared, progress, ended).catch(unlessClosed);
  const sending = sendItems(batch, input, results).catch(unlessClosed);
  try {
    await Promise.all([Promise.race([sending.then(() => ended), ended]), followChildren(job, ended)]);
    return await ended;
  } catch (error) {
    const cause = error instanceof SoarRunnerError ? error.cause : undefined;
    if (cause instanceof WorkflowFailedError) return { outcome: 'broken', reason: rootCause(cause).message };
    throw error;
  }
}

/** The batch was cancelled, for example: its end will tell. */
function unlessClosed(error: unknown): void {
  if (!isClosed(error)) throw error;
}

/** What {@link followChildren} needs. */
export interface FollowedJob {
  readonly batch: Pick<Batch, 'placedRuns'>;
  readonly progress: Pick<ProgressWatch, 'next'>;
  readonly reader: ResultsReader;
  readonly requestFields: readonly RequestField[];
  readonly input: InputStore;
  readonly results: ResultStore;
  readonly output?: LiveOutput | undefined;
}

/** More than run at a time by default: a slow child does not hold up those behind it. */
const AT_A_TIME = 32;

/**
 * Stores the results of every child of a batch as each ends, until the batch has ended and none is left. Skips the children
 * whose results an earlier process has stored.
 */
export async function followChildren(job: FollowedJob, ended: Promise<EnrichBatchResult>): Promise<void> {
  let { followed } = await job.results.checkpoint();
  // Children end in any order; the checkpoint is the number below which none is left.
  const ahead = new Set<number>();
  await inParallel(startedChildren(job, followed, ended), AT_A_TIME, async (child) => {
    await follow(job, child);
    ahead.add(child);
    const before = followed;
    while (ahead.delete(followed)) followed += 1;
    if (followed > before) await job.results.saveCheckpoint({ followed });
  });
}

async function* startedChildren(
  { progress }: FollowedJob,
  first: number,
  ended: Promise<EnrichBatchResult>,
): AsyncGenerator<number> {
  for (let next = first; ;) {
    const news = await Promise.race([ended, progress.next()]);
    const started = news?.childrenStarted ?? next;
    while (next < started) yield next++;
    if (news && 'outcome' in news) return;
  }
}

async function follow(
  { batch, reader, requestFields, input, results, output }: FollowedJob,
  child: number,
): Promise<void> {
  const runs = await batch.placedRuns(child).catch((error: unknown): readonly PlacedRun[] => {
    // Temporal deletes a child after its retention time.
    if (error instanceof WorkflowNotFoundError) return [];
    throw error;
  });
  const all = await reader.read(runs.map(toRead));
  const rows = new Map<number, ItemRow>();
  for (const [at, run] of runs.entries()) {
    const items = await input.itemsAt(run.places);
    const parameters = items.map((item) => parametersOf(item, requestFields));
    const contents = contentsOf(run, parameters, all[at] ?? { appRuns: [] });
    for (const [index, content] of contents.entries()) rows.set(run.places[index] ?? -1, itemRow(content));
  }
  const toGiveOut = await results.put(child, rows, output?.by);
  await output?.giveOut(toGiveOut);
}
