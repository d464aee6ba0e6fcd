import type { Reusable } from '../../activities/index.js';
import type { GroupedRun, GroupedRunSummary } from '../../contracts/run-action-group.js';
import { summaryOfReused } from '../../model/batch/pack-outcome.js';
import { fromRanges } from '../../model/batch/ranges.js';

/** A run, or the part of it that is not reused. */
export interface RemainingRun extends GroupedRun {
  /** The run's place in the group. */
  readonly index: number;
  /** Its parameter sets, by their places in the run. */
  readonly places: readonly number[];
}

/** All runs of a group, before anything of them is reused. */
export function remainingRuns(runs: readonly GroupedRun[]): readonly RemainingRun[] {
  return runs.map((run, index) => ({ ...run, index, places: [...run.parameters.keys()] }));
}

/**
 * Takes out of the runs what earlier runs have results for.
 *
 * @returns a summary for each part that is reused, and what is still to be submitted
 */
export function reuseResults(
  runs: readonly RemainingRun[],
  found: readonly Reusable[],
): { readonly reused: readonly GroupedRunSummary[]; readonly remaining: readonly RemainingRun[] } {
  const reused: GroupedRunSummary[] = [];
  const places = new Map<number, Set<number>>();
  for (const { index, items, ...where } of found) {
    const ofRun = fromRanges(items, runs[index]?.places.length ?? 0);
    reused.push({ index, items, ...summaryOfReused(where, ofRun.length), reused: true });
    places.set(index, new Set([...(places.get(index) ?? []), ...ofRun]));
  }
  const remaining = runs.map((run) => without(run, places.get(run.index) ?? new Set()));
  return { reused, remaining: remaining.filter(({ places }) => places.length > 0) };
}

function without(run: RemainingRun, reused: ReadonlySet<number>): RemainingRun {
  const isLeft = (_: unknown, at: number): boolean => !reused.has(run.places[at] ?? -1);
  return { ...run, places: run.places.filter(isLeft), parameters: run.parameters.filter(isLeft) };
}
