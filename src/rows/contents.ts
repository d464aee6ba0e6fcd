import type { BatchItem } from '../model/batch/batch-item.js';
import type { RunSummary } from '../model/batch/pack-outcome.js';
import type { Row } from '../contracts/read-rows.js';
import { outcomeOfItem } from './item-outcome.js';
import type { RunResults, RunToRead } from './our-results.js';
import { pairByParameters, pairResults } from './pairing.js';

/** An action_run of a batch, or the part of it that was not reused, as far as its rows are concerned. */
export interface RowsRun {
  readonly summary: Pick<RunSummary, 'outcome' | 'message' | 'actionRunId' | 'appRunIds'> & {
    readonly unread?: string | undefined;
    readonly isReplaced?: true | undefined;
  };
  /** What tells the run from others; `null` if its results are an earlier run's, or if nobody knows. */
  readonly mark: string | null;
  readonly isReused: boolean;
}

/** What a row says, but for whose it is. */
export type RowContent = Omit<Row, 'place' | 'item'>;

/** What is to be read of a run. */
export function toRead({ summary: { actionRunId, appRunIds }, mark }: RowsRun): RunToRead {
  return { actionRunId, appRunIds, mark };
}

/** The row of each item of a run. An item without a result says why it has none. */
export function contentsOf(run: RowsRun, items: readonly BatchItem[], read: RunResults): RowContent[] {
  const pair = run.isReused ? pairByParameters : pairResults;
  const isLost = read.isReplaced === true || run.summary.isReplaced === true;
  const { actionRunId, appRunIds } = isLost ? { actionRunId: null, appRunIds: [] } : run.summary;
  return pair(items, read.appRuns).map((reads) => {
    const outcome = outcomeOfItem(reads);
    const isReused = run.isReused && outcome?.status === 'success';
    const what = outcome
      ? { ...outcome, ...(isReused ? { status: 'reused' as const } : {}) }
      : withoutResult(run, read);
    return { ...what, actionRunId, appRunIds };
  });
}

const NO_RESULT = 'SOAR has no result for this one, although its run succeeded.';
const NO_LONGER = 'SOAR does not have the earlier result any more that was to stand for this one.';

function withoutResult(
  { summary, isReused }: RowsRun,
  { problem }: RunResults,
): Pick<Row, 'status' | 'message' | 'results'> {
  const { outcome, message, unread } = summary;
  if (unread !== undefined) return { status: 'unread', message: unread, results: [] };
  if (problem) return { ...problem, results: [] };
  if (isReused) return { status: 'gone', message: NO_LONGER, results: [] };
  if (outcome === 'success') return { status: 'failed', message: NO_RESULT, results: [] };
  return { status: outcome === 'cancelled' ? 'cancelled' : 'failed', message, results: [] };
}
