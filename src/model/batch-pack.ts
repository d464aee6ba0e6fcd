import type { Entry } from './batch-item.js';

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

/** A submission that somebody else began and that a `runAction` is to see through. */
export interface Begun {
  /** The tag in the action_run's name. */
  readonly tag: string;
  /** The action_run, where it is known; otherwise the POST may or may not have arrived. */
  readonly actionRunId: number | null;
  /** When SOAR took the action, or at the earliest could have. */
  readonly sinceMs: number;
}

/** Reads a {@link Begun} of any shape: what is not one counts as none. */
export function readBegun(value: unknown): Begun | undefined {
  if (typeof value !== 'object' || value === null || !('tag' in value) || typeof value.tag !== 'string')
    return undefined;
  const actionRunId = 'actionRunId' in value && typeof value.actionRunId === 'number' ? value.actionRunId : null;
  return { tag: value.tag, actionRunId, sinceMs: 'sinceMs' in value ? Number(value.sinceMs) || 0 : 0 };
}

/** What became of the items of one run. */
export interface PackOutcome {
  /** True where the run ended with a result for its items; false where it failed as a whole. */
  readonly ranItems: boolean;
  /** Places, within the pack, of the items that failed. */
  readonly failures: ReadonlySet<number>;
  /** False where another try would be pointless or is not wanted: cancelled, timed out, denied, no permission. */
  readonly mayRetry: boolean;
}

/** The items that are done for good, and the packs to run again. */
export interface FollowUp {
  readonly succeeded: readonly Entry[];
  readonly failed: readonly Entry[];
  readonly again: readonly Pack[];
}

/**
 * Decides what a finished run leaves to do. Items that failed in a good run are run again, together, up to
 * `itemAttempts` times. A run that failed as a whole is split in halves until the item it fails on stands alone.
 */
export function followUp(pack: Pack, outcome: PackOutcome, itemAttempts: number): FollowUp {
  if (!outcome.ranItems) return outcome.mayRetry && pack.entries.length > 1 ? splitInHalves(pack) : allFailed(pack);
  const failed = pack.entries.filter((_entry, index) => outcome.failures.has(index));
  const succeeded = pack.entries.filter((_entry, index) => !outcome.failures.has(index));
  const runAgain = outcome.mayRetry && failed.length > 0 && pack.attempt < itemAttempts;
  if (!runAgain) return { succeeded, failed, again: [] };
  return { succeeded, failed: [], again: [{ entries: failed, attempt: pack.attempt + 1 }] };
}

function splitInHalves({ entries, attempt }: Pack): FollowUp {
  const middle = Math.ceil(entries.length / 2);
  const halves = [entries.slice(0, middle), entries.slice(middle)];
  return { succeeded: [], failed: [], again: halves.map((half) => ({ entries: half, attempt })) };
}

function allFailed({ entries }: Pack): FollowUp {
  return { succeeded: [], failed: entries, again: [] };
}
