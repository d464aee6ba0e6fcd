import { trimmed } from '../row.js';
import type { InputNotes } from '../row.js';
import { LINE_TOO_LONG, readLines } from '../text.js';
import type { JsonRow } from './fields.js';
import { parseJson } from './lossless.js';

const NOT_JSON = 'The line is not JSON.';

/** The values in lines of JSON. What is wrong in a line harms no other. */
export async function* readLinesOfJson(text: AsyncIterable<string>, notes: InputNotes): AsyncGenerator<JsonRow> {
  let last: { readonly isWhole: boolean; readonly isEnded: boolean } = { isWhole: true, isEnded: true };
  const ends = { isEnded: true };
  let number = 0;
  for await (const line of readLines(watched(text, ends))) {
    const json = line === undefined ? undefined : trimmed(line);
    if (json === '') continue;
    number += 1;
    const parsed = parse(json);
    last = { isWhole: !('problem' in parsed), isEnded: ends.isEnded };
    yield parsed;
  }
  if (!last.isWhole && !ends.isEnded && number > 1) notes.incomplete = `it ends in the middle of line ${number}`;
}

/** Notes whether the last piece ended with a line end. */
async function* watched(text: AsyncIterable<string>, ends: { isEnded: boolean }): AsyncGenerator<string> {
  for await (const piece of text) {
    if (piece !== '') ends.isEnded = /[\r\n]$/.test(piece);
    yield piece;
  }
}

function parse(json: string | undefined): JsonRow {
  if (json === undefined) return { problem: LINE_TOO_LONG };
  try {
    return { value: parseJson(json), text: json };
  } catch {
    return { problem: NOT_JSON, text: json };
  }
}
