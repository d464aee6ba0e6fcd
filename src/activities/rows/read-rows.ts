import { setTimeout as delay } from 'node:timers/promises';
import type { CheckedReadRows, Row, RowsPage } from '../../contracts/read-rows.js';
import { checkRunResult } from '../../contracts/ended-workflows.js';
import type { EndedRunResult } from '../../contracts/ended-workflows.js';
import { WORKFLOW_TYPES } from '../../model/names.js';
import { cut } from '../../model/text.js';
import type { CallOptions } from '../../soar/caller.js';
import type { SoarClient } from '../../soar/client.js';
import { eachActionResult, firstOfPage } from '../../soar/paging.js';
import type { ActionResultRead } from '../../soar/paging.js';
import { withHeartbeat } from '../heartbeat.js';
import type { SeenWorkflow, WorkflowsView } from '../wait/await-child.js';
import { createBatchRows } from './batch-rows.js';
import { lasting, ofResults, PageOfRows } from './page.js';

/** A page, or why there can be none. */
export type RowsAnswer =
  { readonly kind: 'page'; readonly page: RowsPage } | { readonly kind: 'refused'; readonly message: string };

type EndedAppRun = EndedRunResult['appRuns'][number];

const LOOK_AGAIN_MS = 250;

/** Makes the reader of rows; what it has learned of a batch it keeps for the next page. */
export function createReadRows(soar: SoarClient, temporal: WorkflowsView) {
  const batchRows = createBatchRows(soar, temporal);
  const read = (seen: SeenWorkflow, input: CheckedReadRows, signal: AbortSignal): Promise<RowsPage> =>
    seen.type === WORKFLOW_TYPES.enrichBatch
      ? batchRows(seen, input, { signal })
      : readRunPage(soar, temporal, seen, input, { signal });
  return (input: CheckedReadRows): Promise<RowsAnswer> =>
    withHeartbeat(async ({ signal }) => {
      const untilMs = Date.now() + input.waitSecs * 1_000;
      for (;;) {
        const seen = await temporal.describe(input.workflowId);
        if (!seen) return refused(`there is no workflow "${input.workflowId}", or Temporal has deleted it.`);
        if (!hasRows(seen))
          return refused(
            `"${seen.workflowId}" is of the type ${cut(seen.type, 100)}; only enrichBatch and runAction have rows to read.`,
          );
        if (!seen.isOurs) return refused(`"${seen.workflowId}" runs on another task queue than this worker.`);
        const page = await read(seen, input, signal);
        const isThere = page.rows.length > 0 || page.next === null;
        if (isThere || Date.now() >= untilMs) return { kind: 'page', page };
        await delay(LOOK_AGAIN_MS, undefined, { signal });
      }
    });
}

function hasRows({ type }: SeenWorkflow): boolean {
  return type === WORKFLOW_TYPES.enrichBatch || type === WORKFLOW_TYPES.runAction;
}

function refused(problem: string): RowsAnswer {
  return { kind: 'refused', message: `workflowId: ${problem}` };
}

/** A page of the action results of a `runAction`, those that are not in its result included: one row each, app_run by app_run. */
async function readRunPage(
  soar: SoarClient,
  temporal: WorkflowsView,
  { workflowId, isRunning }: SeenWorkflow,
  { from, limit }: CheckedReadRows,
  call: CallOptions,
): Promise<RowsPage> {
  const page = new PageOfRows(from, limit);
  if (isRunning) return page.answer(null);
  const checked = checkRunResult((await temporal.endOf(workflowId)).result);
  if (!checked.ok) return page.answer(0);
  const result = checked.value;
  let first = 0;
  for (const appRun of result.appRuns) {
    const count = countOf(appRun);
    const start = Math.max(from - first, 0);
    if (start < count && !page.isFull) await takeResults(soar, appRun, { first, start, count, result, page }, call);
    first += count;
  }
  return page.answer(first);
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
}

async function takeResults(soar: SoarClient, appRun: EndedAppRun, taking: Taking, call: CallOptions): Promise<void> {
  const { first, start, count, result, page } = taking;
  let at = start;
  const take = (read: ActionResultRead): void => {
    page.take(rowOf(read, first + at, result, appRun.id));
    at += 1;
  };
  if (appRun.results) appRun.results.slice(start).forEach((each) => take({ result: each }));
  else {
    const problem = await lasting(async () => {
      let place = firstOfPage(start);
      for await (const read of eachActionResult(soar, appRun.id, { ...call, from: start })) {
        if (place++ < at) continue;
        if (at >= count || page.isFull) return;
        take(read);
      }
    });
    const unread = problem ?? `SOAR has fewer results of app_run ${appRun.id} than it had.`;
    while (at < count && !page.isFull) take({ unread });
  }
}

function rowOf(read: ActionResultRead, place: number, { actionRunId }: EndedRunResult, appRunId: number): Row {
  const known = ofResults([read]) ?? { status: 'gone', message: '', results: [] };
  const { context, ...item } = ('result' in read ? read.result.parameter : null) ?? {};
  return { place, ...known, item: 'result' in read ? item : null, actionRunId, appRunIds: [appRunId] };
}
