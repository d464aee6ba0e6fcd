import type { Entry } from '../../model/batch-item.js';
import type { PackOutcome } from '../../model/pack-outcome.js';
import type { Begun } from '../../model/submission-tag.js';

/** Items for one action_run. */
export interface Pack {
  readonly entries: readonly Entry[];
  /** How often these items have been run, this time included. */
  readonly attempt: number;
  /** Where a group has begun to submit this very pack: nobody may submit it again without looking first. */
  readonly begun?: Begun;
}

/** Where a pack's items stand among the distinct ones. */
export function placesOf({ entries }: Pack): number[] {
  return entries.map(({ place }) => place);
}

/** The items that are done for good, and the packs to run again. */
export interface FollowUp {
  readonly succeeded: readonly Entry[];
  readonly failed: readonly Entry[];
  readonly again: readonly Pack[];
}

/**
 * Decides what a finished run leaves to do. Items that failed in a good run are run again, together, up to
 * `itemAttempts` times. Those behind the last result are run by themselves; a run that failed as a whole is split in halves
 * until the item it fails on stands alone.
 */
export function followUp(pack: Pack, outcome: PackOutcome, itemAttempts: number): FollowUp {
  const { entries, attempt } = pack;
  const answered = entries.slice(0, outcome.answered);
  const failed = answered.filter((_entry, index) => outcome.failures.has(index));
  const succeeded = answered.filter((_entry, index) => !outcome.failures.has(index));
  const retries = outcome.mayRetry && attempt < itemAttempts ? packsOf([failed], attempt + 1) : [];
  const rest = outcome.mayRunRest ? packsOf(restOf(pack, answered.length), attempt) : [];
  const again = [...retries, ...rest];
  const goesOn = new Set(again.flatMap((next) => next.entries));
  return {
    succeeded,
    failed: [...failed, ...entries.slice(answered.length)].filter((entry) => !goesOn.has(entry)),
    again,
  };
}

/** What to run of the items without a result: fewer at a time than before, so that this comes to an end. */
function restOf({ entries }: Pack, answered: number): Entry[][] {
  if (answered > 0) return [entries.slice(answered)];
  if (entries.length <= 1) return [];
  const middle = Math.ceil(entries.length / 2);
  return [entries.slice(0, middle), entries.slice(middle)];
}

function packsOf(parts: readonly Entry[][], attempt: number): Pack[] {
  return parts.filter(({ length }) => length > 0).map((entries) => ({ entries, attempt }));
}
