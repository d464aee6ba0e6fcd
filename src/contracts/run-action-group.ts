import type { BatchItem } from '../model/batch-item.js';
import type { Begun } from '../model/batch-pack.js';
import type { Ranges } from '../model/ranges.js';
import type { RunAccount } from '../model/run-account.js';
import type { RunActionOptions, RunActionRequest } from './run-action.js';

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
  readonly options: Pick<RunActionOptions, 'settleSecs' | 'timeoutSecs' | 'whenUncertain'> | null;
  readonly reuseWithinSecs: number | null;
}

/** What became of a run of the group, or of the part of it that was not reused. */
export interface GroupRunAccount extends RunAccount {
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
  readonly runs: readonly GroupRunAccount[];
  readonly handedBack: readonly HandedBack[];
}
