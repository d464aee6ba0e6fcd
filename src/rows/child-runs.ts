import { checkGroupResult, checkRunResult } from '../contracts/ended-workflows.js';
import { NO_RESULTS, summaryOfFailure, summaryOfRun } from '../model/batch/pack-outcome.js';
import { fromRanges } from '../model/batch/ranges.js';
import { groupedTag, markOf, markOfName } from '../model/submission-tag.js';
import type { RowsRun } from './contents.js';
import type { WorkflowEnd } from './workflows-view.js';

/** An action_run of a child, or the part of it that was not reused. */
export interface ChildRun extends RowsRun {
  /** Which of its items it had, by their places in the run that the child was given. */
  readonly places: readonly number[];
}

/**
 * What became of the action_runs of a child that has ended: for each run that it was given the parts that it became. Of a group perhaps
 * two, one of them reused; none if it was handed back.
 *
 * @param items how many items each of the runs has
 */
export function runsOfChild({ result, failure }: WorkflowEnd, items: readonly number[]): ChildRun[][] {
  const group = checkGroupResult(result);
  if (!group.ok) return items.map((count) => [onlyRun(result, failure, count)]);
  const { tag, runs } = group.value;
  return items.map((count, index) =>
    runs
      .filter((run) => run.index === index)
      .map(({ items: own, reused, index: _index, ...summary }) => ({
        summary,
        mark: reused ? null : markOf(groupedTag(tag, index)),
        isReused: reused === true,
        places: fromRanges(own, count),
      })),
  );
}

/** Of a `runAction`, or of a workflow that broke: then its run, if SOAR has one, is nobody's to read. */
function onlyRun(result: unknown, failure: string | null, items: number): ChildRun {
  const places = Array.from({ length: items }, (_, place) => place);
  const run = checkRunResult(result);
  if (!run.ok)
    return { summary: summaryOfFailure(failure ?? 'The child has no result.'), mark: null, isReused: false, places };
  const mark = markOfName(run.value.actionRun?.name);
  return { summary: summaryOfRun(run.value, NO_RESULTS), mark, isReused: false, places };
}
