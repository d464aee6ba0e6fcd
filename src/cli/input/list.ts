import type { InputReader, InputRow, Reading } from './row.js';
import type { ItemPlan } from './item-plan.js';
import { readItem } from './item-plan.js';
import type { Line } from './lines.js';
import { readLines } from './lines.js';

/** Reads a plain list: an indicator a line. Empty lines, and those that begin with `#`, are no rows. */
export function listReader(text: AsyncIterable<string>, plan: ItemPlan): InputReader {
  return { columns: [plan.column ?? plan.parameter], rows: () => readRows(text, plan) };
}

async function* readRows(text: AsyncIterable<string>, plan: ItemPlan): AsyncGenerator<InputRow> {
  for await (const line of readLines(text)) {
    const indicator = line?.replace(/^\uFEFF/, '').trim();
    if (indicator === '' || indicator?.startsWith('#')) continue;
    yield { cells: [indicator ?? ''], reading: readIndicator(indicator, plan) };
  }
}

function readIndicator(indicator: Line, plan: ItemPlan): Reading {
  if (indicator === undefined) return { problem: 'The line is longer than a line may be.' };
  return readItem({ [plan.parameter]: indicator }, plan, {});
}
