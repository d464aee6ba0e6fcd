import { WorkflowNotFoundError } from '@temporalio/client';
import type { InputRow } from '../../../../src/cli/input/row.js';
import { InputStore } from '../../../../src/cli/job/input-store.js';
import { ResultStore } from '../../../../src/cli/job/result-store.js';
import type { Batch } from '../../../../src/cli/job/start-batch.js';
import { followChildren } from '../../../../src/cli/job/follow-batch.js';
import type { FollowedJob } from '../../../../src/cli/job/follow-batch.js';
import type { PlacedRun } from '../../../../src/client/batch-handle.js';
import type { ResultsReader } from '../../../../src/rows/our-results.js';
import type { EnrichBatchResult } from '../../../../src/contracts/enrich-batch.js';
import { noNotes } from '../support/rows.js';
import { Scratch } from '../support/scratch.js';

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.remove());

const IPS = ['a', 'b', 'c', 'd'];

/** A child with one action_run: of these places, all with this status. */
function child(number: number, first: number, count: number): PlacedRun {
  const summary = { actionRunId: number, appRunIds: [number], outcome: 'success', message: '' } as const;
  const places = Array.from({ length: count }, (_, at) => first + at);
  return { summary, mark: `[${number}]`, isReused: false, places };
}

function ended(childrenStarted: number): EnrichBatchResult {
  const counts = { total: 4, distinct: 4, succeeded: 4, failed: 0, reused: 0 };
  return { outcome: 'success', ...counts, childrenStarted, runs: [], runsOmitted: 0 };
}

/** By the number of the app_run: the status of all its results. */
function readerOf(statuses: Readonly<Record<number, string>>, read: number[] = []): ResultsReader {
  return {
    read: (runs) => {
      read.push(...runs.flatMap(({ appRunIds }) => appRunIds));
      const ofAppRun = (id: number) =>
        IPS.map((ip) => ({
          result: { status: statuses[id] ?? 'success', message: `from ${id}`, data: [], parameter: { ip } },
        }));
      return Promise.resolve(runs.map(({ appRunIds }) => ({ appRuns: appRunIds.map(ofAppRun) })));
    },
  };
}

async function jobOn(children: readonly PlacedRun[], reader: ResultsReader): Promise<FollowedJob> {
  const database = await scratch.database();
  const input = new InputStore(database);
  if (!(await input.summary())) {
    const rows: InputRow[] = IPS.map((ip) => ({ cells: [ip], reading: { items: [{ ip }] } }));
    await input.add(rows);
    await input.finish(['ip'], noNotes());
  }
  const placedRuns: Batch['placedRuns'] = (number) => Promise.resolve(children.filter((_, index) => index === number));
  const progress = { next: () => new Promise<undefined>(() => undefined) };
  return { batch: { placedRuns }, progress, reader, requestFields: [], input, results: new ResultStore(database) };
}

const messages = async ({ results }: FollowedJob): Promise<unknown[]> =>
  (await results.get([0, 1, 2, 3])).map((result) => result?.row.message);

describe('following the children of a batch', () => {
  it('takes the results of all of them; of an item that was run again, those of the higher child', async () => {
    const children = [child(0, 0, 2), child(1, 2, 2), child(2, 1, 1)];
    const job = await jobOn(children, readerOf({ 0: 'failed' }));
    await followChildren(job, Promise.resolve(ended(3)));
    expect(await messages(job)).toEqual(['from 0', 'from 2', 'from 1', 'from 1']);
    expect((await job.results.checkpoint()).followed).toBe(3);
  });

  it('goes on behind the children whose results are there, in another process', async () => {
    const children = [child(0, 0, 2), child(1, 2, 2)];
    const first = await jobOn(children, readerOf({}));
    await followChildren(first, Promise.resolve(ended(1)));
    const read: number[] = [];
    const second = await jobOn(children, readerOf({}, read));
    await followChildren(second, Promise.resolve(ended(2)));
    expect(read).toEqual([1]);
    expect(await messages(second)).toEqual(['from 0', 'from 0', 'from 1', 'from 1']);
  });

  it('notes no child as followed before those in front of it are', async () => {
    const children = [child(0, 0, 2), child(1, 2, 2)];
    const job = await jobOn(children, readerOf({}));
    const placedRuns: Batch['placedRuns'] = (number) =>
      number === 0 ? Promise.reject(new Error('killed')) : Promise.resolve(children.slice(1));
    await expect(followChildren({ ...job, batch: { placedRuns } }, Promise.resolve(ended(2)))).rejects.toThrow(
      'killed',
    );
    expect((await job.results.checkpoint()).followed).toBe(0);
  });

  it('gives out what succeeded at once, and nothing twice', async () => {
    const children = [child(0, 0, 2), child(1, 2, 2), child(2, 0, 2)];
    const job = await jobOn(children, readerOf({ 0: 'failed' }));
    const given: number[][] = [];
    const output = { by: 'me', giveOut: (places: readonly number[]) => Promise.resolve(void given.push([...places])) };
    await followChildren({ ...job, output }, Promise.resolve(ended(3)));
    expect(given.flat().sort()).toEqual([0, 1, 2, 3]);
  });

  it('goes on without a child that Temporal has forgotten', async () => {
    const job = await jobOn([], readerOf({}));
    const placedRuns: Batch['placedRuns'] = (number) =>
      number === 0
        ? Promise.reject(new WorkflowNotFoundError('forgotten', 'batch/0', undefined))
        : Promise.resolve([child(1, 2, 2)]);
    await followChildren({ ...job, batch: { placedRuns } }, Promise.resolve(ended(2)));
    expect(await messages(job)).toEqual([undefined, undefined, 'from 1', 'from 1']);
  });
});
