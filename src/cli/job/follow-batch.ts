import { WorkflowNotFoundError } from '@temporalio/client';
import { fromRanges } from '../../model/ranges.js';
import { parametersOf } from '../../model/batch-item.js';
import type { RequestField } from '../../model/batch-item.js';
import type { BatchRun, EnrichBatchResult } from '../../contracts/enrich-batch.js';
import type { InputStore } from './input-store.js';
import type { ResultStore } from './result-store.js';
import type { RowStream } from '../output/stream.js';
import type { Batch } from './batch.js';
import { inParallel } from './async.js';
import { rowsOfRun } from './item-row.js';
import type { ItemRow } from './item-row.js';
import type { ProgressWatch } from './progress-watch.js';
import type { ResultsReader } from './read-results.js';

/** What following a batch needs. */
export interface FollowedJob {
  readonly batch: Pick<Batch, 'runs'>;
  readonly progress: Pick<ProgressWatch, 'next'>;
  readonly reader: ResultsReader;
  readonly requestFields: readonly RequestField[];
  readonly input: InputStore;
  readonly results: ResultStore;
  /** Gives out rows while the batch goes on; absent where nobody reads them. */
  readonly stream?: Pick<RowStream, 'by' | 'giveOut'> | undefined;
}

/** More than are in flight by default: a child that takes long does not hold up those behind it. */
const AT_A_TIME = 32;

/**
 * Reads the results of every child of a batch, as each ends, into the job's store, until the batch has ended and none is left.
 * Goes on behind the children whose results are there.
 */
export async function followChildren(job: FollowedJob, ended: Promise<EnrichBatchResult>): Promise<void> {
  const { followed } = await job.results.marks();
  const done = new FollowedSoFar(followed);
  await inParallel(startedChildren(job, followed, ended), AT_A_TIME, async (child) => {
    await follow(job, child);
    if (done.add(child)) await job.results.setMarks({ followed: done.below });
  });
}

async function* startedChildren(
  job: FollowedJob,
  first: number,
  ended: Promise<EnrichBatchResult>,
): AsyncGenerator<number> {
  for (let next = first; ;) {
    const news = await Promise.race([ended, job.progress.next()]);
    const started = news?.childrenStarted ?? next;
    while (next < started) yield next++;
    if (news && 'outcome' in news) return;
  }
}

async function follow(
  { batch, reader, requestFields, input, results, stream }: FollowedJob,
  child: number,
): Promise<void> {
  const runs = await batch.runs(child).catch(noneOfOneThatIsGone);
  const resultsByAppRun = await reader.read(runs);
  const rows = new Map<number, ItemRow>();
  for (const run of runs) {
    const places = fromRanges(run.items);
    const items = await input.itemsAt(places);
    const parameters = items.map((item) => parametersOf(item, requestFields));
    const ofRun = rowsOfRun(
      run,
      parameters,
      run.appRunIds.map((id) => resultsByAppRun.get(id) ?? { results: [] }),
    );
    for (const [index, row] of ofRun.entries()) rows.set(places[index] ?? -1, row);
  }
  const toGiveOut = await results.put(child, rows, stream?.by);
  await stream?.giveOut(toGiveOut);
}

/** Temporal forgets a child after its retention time. */
function noneOfOneThatIsGone(error: unknown): readonly BatchRun[] {
  if (error instanceof WorkflowNotFoundError) return [];
  throw error;
}

/** Children end in any order; noted is below which number none is left. */
class FollowedSoFar {
  readonly #ahead = new Set<number>();

  constructor(public below: number) {}

  /** True where the number has moved. */
  add(child: number): boolean {
    const before = this.below;
    this.#ahead.add(child);
    while (this.#ahead.delete(this.below)) this.below += 1;
    return this.below > before;
  }
}
