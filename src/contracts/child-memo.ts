import { z } from 'zod';
import { fromRanges } from '../model/ranges.js';
import { checkWith } from './soar/check.js';

const checkMemo = checkWith(z.looseObject({ items: z.array(z.array(z.tuple([z.int(), z.int()]))) }));

/** Reads the memo that a batch gives each child: for each of its action_runs the places of the items. */
export function readChildPlaces(memo: unknown): number[][] {
  const checked = checkMemo(memo);
  return checked.ok ? checked.value.items.map(fromRanges) : [];
}
