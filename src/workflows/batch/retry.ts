import type { Entry } from '../../model/batch/batch-item.js';
import type { PackOutcome } from '../../model/batch/pack-outcome.js';
import type { Begun } from '../../model/submission-tag.js';

/** Items for one action_run. */
export interface Pack {
  readonly entries: readonly Entry[];
  /** How often these items have been run, this time included. */
  readonly attempt: number;
  /** Where a group has begun to submit this very pack: nobody may submit it again without looking first. */
  readonly begun?: Begun;
  /** True if it is submitted again because SOAR has lost its run: that happens once. */
  readonly resubmitted?: true;
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
 * Decides what a finished run leaves to do. Items that failed in a good run are run again, together, up to `itemAttempts` times.
 * Those without a result are run by themselves; a run that failed as a whole is split in halves until the item it fails on stands
 * alone. What nobody can read has been run, and is not run again.
 */
export function followUp(pack: Pack, outcome: PackOutcome, itemAttempts: number): FollowUp {
  const { entries, attempt } = pack;
  const those = (places: ReadonlySet<number>): Entry[] => entries.filter((_entry, place) => places.has(place));
  const [succeeded, failed, unread] = [those(outcome.succeeded), those(outcome.failed), those(outcome.unread)];
  const answered = new Set([...succeeded, ...failed, ...unread]);
  const rest = entries.filter((entry) => !answered.has(entry));
  const retries = outcome.mayRetry && attempt < itemAttempts ? packsOf([failed], attempt + 1) : [];
  const again = [...retries, ...(outcome.mayRunRest ? packsOfRest(rest, pack, outcome.isReplaced) : [])];
  const goesOn = new Set([...succeeded, ...again.flatMap((next) => next.entries)]);
  return { succeeded, failed: entries.filter((entry) => !goesOn.has(entry)), again };
}

/** What to run of the items without a result: fewer at a time than before, so that this comes to an end. */
function packsOfRest(rest: readonly Entry[], { entries, attempt, resubmitted }: Pack, isReplaced: boolean): Pack[] {
  if (isReplaced) return resubmitted ? [] : [{ entries: rest, attempt, resubmitted: true }];
  if (rest.length < entries.length) return packsOf([rest], attempt);
  if (entries.length <= 1) return [];
  const middle = Math.ceil(entries.length / 2);
  return packsOf([entries.slice(0, middle), entries.slice(middle)], attempt);
}

function packsOf(parts: readonly (readonly Entry[])[], attempt: number): Pack[] {
  return parts.filter(({ length }) => length > 0).map((entries) => ({ entries, attempt }));
}
