import { z } from 'zod';
import type { BatchItem } from '../model/batch/batch-item.js';
import { MAX_ITEMS_PER_RUN } from '../model/options.js';
import type { BatchOptions } from '../model/options.js';
import { fromRanges } from '../model/batch/ranges.js';
import type { Ranges } from '../model/batch/ranges.js';
import type { RunSummary } from '../model/batch/pack-outcome.js';
import type { Begun } from '../model/submission-tag.js';
import type { RunActionRequest } from './run-action.js';
import { checkWith } from './validate.js';

/** One action_run of a group: what differs from the group's request. */
export interface GroupedRun {
  /** Of `container_id`, `app_id` and `assets` what this run has of its own. */
  readonly target: BatchItem;
  readonly parameters: readonly BatchItem[];
}

/** Input of `runActionGroup`, which a batch starts for action_runs that are too small for a workflow each. */
export interface RunActionGroupInput {
  /** The batch's request: one target without parameters. */
  readonly request: RunActionRequest;
  readonly runs: readonly GroupedRun[];
  readonly options: BatchOptions['run'];
  readonly reuseWithinSecs: number | null;
  /** Address of the SOAR that is to take them. */
  readonly origin: string | null;
}

/** What became of a run of the group, or of the part of it that was not reused. */
export interface GroupedRunSummary extends RunSummary {
  /** The run's place in the group. */
  readonly index: number;
  /** Its parameter sets, by their places in the run. */
  readonly items: Ranges;
  readonly reused?: true;
}

/** A run that needs a workflow of its own: its POST may have arrived, a person is asked, or it takes long. */
export interface HandedBack {
  readonly index: number;
  readonly items: Ranges;
  readonly begun: Begun;
}

/** Result of `runActionGroup`. */
export interface RunActionGroupResult {
  /** In the names of its runs, each with its `index` behind it. */
  readonly tag: string;
  readonly runs: readonly GroupedRunSummary[];
  readonly handedBack: readonly HandedBack[];
}

const count = z.int().nonnegative();
/** {@link Ranges} from outside. */
export const rangesSchema = z.array(z.tuple([count, count]));

const checkMemo = checkWith(z.looseObject({ items: z.array(rangesSchema) }));

/** Reads the memo that a batch gives each child: for each of its action_runs the places of the items. */
export function readChildPlaces(memo: unknown): number[][] {
  return readChildRanges(memo).map((ranges) => fromRanges(ranges, MAX_ITEMS_PER_RUN));
}

/** {@link readChildPlaces} as ranges. */
export function readChildRanges(memo: unknown): Ranges[] {
  const checked = checkMemo(memo);
  return checked.ok ? checked.value.items : [];
}
