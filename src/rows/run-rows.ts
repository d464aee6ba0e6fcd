import { checkRunResult } from '../contracts/ended-workflows.js';
import type { EndedRunResult } from '../contracts/ended-workflows.js';
import type { CheckedReadRows, Row, RowsPage } from '../contracts/read-rows.js';
import type { CallOptions } from '../soar/caller.js';
import type { SoarClient } from '../soar/client.js';
import { isOfOne } from '../soar/lasting.js';
import type { Patience } from '../soar/lasting.js';
import { eachActionResult, firstOfPage } from '../soar/paging.js';
import type { ActionResultRead } from '../soar/paging.js';
import { runsOfChild } from './child-runs.js';
import { toRead } from './contents.js';
import { outcomeOfItem } from './item-outcome.js';
import { whyNotOurs } from './our-results.js';
import type { RunResults } from './our-results.js';
import { PageOfRows } from './page.js';
import type { SeenWorkflow, WorkflowEnd, WorkflowsView } from './workflows-view.js';

type EndedAppRun = EndedRunResult['appRuns'][number];

/** What the rows of a `runAction` are read from. */
export interface RunRowsSource {
  readonly soar: SoarClient;
  readonly temporal: WorkflowsView;
  readonly patience: Patience;
  readonly call: CallOptions;
}

/** A page of the action results of a `runAction`, those that are not in its result included: one row each, app_run by app_run. */
export async function readRunPage(
  source: RunRowsSource,
  { workflowId, isRunning }: SeenWorkflow,
  { from, limit }: CheckedReadRows,
): Promise<RowsPage> {
  const nothing = new PageOfRows(from, limit);
  if (isRunning) return nothing.answer(null);
  const end = await source.temporal.endOf(workflowId);
  const checked = checkRunResult(end.result);
  if (!checked.ok) return nothing.answer(0);
  const result = checked.value;
  const fill = async (gone?: RunResults['problem']): Promise<RowsPage> => {
    const page = new PageOfRows(from, limit);
    let first = 0;
    for (const appRun of result.appRuns) {
      const count = countOf(appRun);
      const start = Math.max(from - first, 0);
      if (start < count && !page.isFull) await takeResults(source, appRun, { first, start, count, result, page, gone });
      first += count;
    }
    return page.answer(first);
  };
  const page = await fill();
  const gone = await problemOf(source, end);
  return gone ? fill(gone) : page;
}

/** Why what was just read of the run in SOAR is not ours; undefined if it is, or if all came with the result. */
async function problemOf(
  { soar, patience, call }: RunRowsSource,
  end: WorkflowEnd,
): Promise<RunResults['problem'] | undefined> {
  const checked = checkRunResult(end.result);
  const left = checked.ok ? checked.value.appRuns.filter(({ results }) => !results) : [];
  const [run] = runsOfChild(end, [0]).flat();
  if (left.length === 0 || !run) return undefined;
  return whyNotOurs(soar, { ...toRead(run), appRunIds: left.map(({ id }) => id) }, patience, call);
}

/** An app_run whose results could not be counted is one row, which says so. */
function countOf({ results, resultsOmitted }: EndedAppRun): number {
  return results?.length ?? resultsOmitted?.count ?? 1;
}

interface Taking {
  /** Place of the app_run's first result. */
  readonly first: number;
  /** Which of its results to begin with, and how many there are. */
  readonly start: number;
  readonly count: number;
  readonly result: EndedRunResult;
  readonly page: PageOfRows;
  /** Why the results that are in SOAR cannot be had, if they cannot. */
  readonly gone: RunResults['problem'];
}

async function takeResults(source: RunRowsSource, appRun: EndedAppRun, taking: Taking): Promise<void> {
  const { first, start, count, result, page, gone } = taking;
  let at = start;
  const take = (read: ActionResultRead): void => {
    page.take(rowOf(read, first + at, result, appRun.id));
    at += 1;
  };
  if (appRun.results) appRun.results.slice(start).forEach((each) => take({ result: each }));
  else if (!gone) await readFrom(source, appRun.id, () => (at < count && !page.isFull ? at : undefined), take);
  const missing = gone ?? { status: 'gone', message: `SOAR has fewer results of app_run ${appRun.id} than it had.` };
  for (; at < count && !page.isFull; at += 1)
    page.take({
      ...missing,
      place: first + at,
      item: null,
      results: [],
      actionRunId: result.actionRunId,
      appRunIds: [appRun.id],
    });
}

/** Reads on until `next` has no place any more; what cannot be read is waited for, and then gives way to a word on it. */
async function readFrom(
  { soar, patience, call }: RunRowsSource,
  appRunId: number,
  next: () => number | undefined,
  take: (read: ActionResultRead) => void,
): Promise<void> {
  for (let tolerant = false; ;) {
    const from = next();
    if (from === undefined) return;
    try {
      let place = firstOfPage(from);
      for await (const read of eachActionResult(soar, appRunId, { ...call, from, tolerant })) {
        if (place++ < (next() ?? 0)) continue;
        if (next() === undefined) return;
        take(read);
      }
      return;
    } catch (error) {
      if (!isOfOne(error) || tolerant) throw error;
      tolerant = !(await patience.mayPass(error));
    }
  }
}

function rowOf(read: ActionResultRead, place: number, { actionRunId }: EndedRunResult, appRunId: number): Row {
  const known = outcomeOfItem([read]) ?? { status: 'gone', message: '', results: [] };
  const { context, ...item } = ('result' in read ? read.result.parameter : null) ?? {};
  return { place, ...known, item: 'result' in read ? item : null, actionRunId, appRunIds: [appRunId] };
}
