/** What a batch still has to run, as plain values: which items go into the next action_run, and what a finished one leaves to do. */

/** Items for one action_run, by their places among the distinct items. */
export interface Pack {
  readonly places: readonly number[];
  /** How often these items have been run, this time included. */
  readonly attempt: number;
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
  readonly succeeded: readonly number[];
  readonly failed: readonly number[];
  readonly again: readonly Pack[];
}

/** Packs `count` items in order, at most `itemsPerRun` each. */
export function packAll(count: number, itemsPerRun: number): Pack[] {
  const packs: Pack[] = [];
  for (let first = 0; first < count; first += itemsPerRun) {
    const length = Math.min(itemsPerRun, count - first);
    packs.push({ places: Array.from({ length }, (_, index) => first + index), attempt: 1 });
  }
  return packs;
}

/**
 * Decides what a finished run leaves to do. Items that failed in a good run are run again, together, up to
 * `itemAttempts` times. A run that failed as a whole is split in halves until the item it fails on stands alone.
 */
export function followUp(pack: Pack, outcome: PackOutcome, itemAttempts: number): FollowUp {
  if (!outcome.ranItems) return outcome.mayRetry && pack.places.length > 1 ? splitInHalves(pack) : allFailed(pack);
  const failed = pack.places.filter((_place, index) => outcome.failures.has(index));
  const succeeded = pack.places.filter((_place, index) => !outcome.failures.has(index));
  const runAgain = outcome.mayRetry && failed.length > 0 && pack.attempt < itemAttempts;
  if (!runAgain) return { succeeded, failed, again: [] };
  return { succeeded, failed: [], again: [{ places: failed, attempt: pack.attempt + 1 }] };
}

function splitInHalves({ places, attempt }: Pack): FollowUp {
  const middle = Math.ceil(places.length / 2);
  const halves = [places.slice(0, middle), places.slice(middle)];
  return { succeeded: [], failed: [], again: halves.map((half) => ({ places: half, attempt })) };
}

function allFailed({ places }: Pack): FollowUp {
  return { succeeded: [], failed: places, again: [] };
}

/** Neighbouring places as `[first, count]`: a whole pack is one pair. */
export function toRanges(places: readonly number[]): [first: number, count: number][] {
  const ranges: [number, number][] = [];
  for (const place of places) {
    const last = ranges.at(-1);
    if (last && last[0] + last[1] === place) last[1] += 1;
    else ranges.push([place, 1]);
  }
  return ranges;
}

/** The places in {@link toRanges}'s pairs. */
export function fromRanges(ranges: readonly (readonly [first: number, count: number])[]): number[] {
  return ranges.flatMap(([first, count]) => Array.from({ length: count }, (_, index) => first + index));
}
