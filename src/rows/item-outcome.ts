import type { ActionResult } from '../contracts/soar.js';
import type { ItemsAccount } from '../model/batch/pack-outcome.js';
import { toRanges } from '../model/batch/ranges.js';
import { isSuccess } from '../model/run-state.js';
import type { ActionResultRead } from '../soar/paging.js';

/** What the results of an item, one for each asset, make of its row. */
export interface ItemOutcome {
  readonly status: 'success' | 'failed' | 'unread';
  readonly message: string;
  readonly results: readonly ActionResult[];
}

/** The worst result counts: what failed, then what nobody can read. Undefined if there is none. */
export function outcomeOfItem(reads: readonly ActionResultRead[]): ItemOutcome | undefined {
  const failed = reads.find((read) => 'result' in read && !isSuccess(read.result.status));
  const worst = failed ?? reads.find((read) => 'unread' in read) ?? reads[0];
  if (!worst) return undefined;
  const results = reads.flatMap((read) => ('result' in read ? [read.result] : []));
  if ('unread' in worst) return { status: 'unread', message: worst.unread, results };
  return { status: failed ? 'failed' : 'success', message: worst.result.message, results };
}

/**
 * The account of a run's items, by their places in the run: what its rows say.
 *
 * @param isUnread true if what is missing is there, and cannot be read
 */
export function accountOfItems(paired: readonly (readonly ActionResultRead[])[], isUnread: boolean): ItemsAccount {
  const statuses = paired.map((reads) => outcomeOfItem(reads)?.status ?? (isUnread ? 'unread' : undefined));
  const placesOf = (status: ItemOutcome['status']) =>
    toRanges(statuses.flatMap((own, place) => (own === status ? [place] : [])));
  return { succeeded: placesOf('success'), failed: placesOf('failed'), unread: placesOf('unread') };
}
