import { trimmed } from '../row.js';
import type { InputNotes } from '../row.js';
import { LINE_TOO_LONG, MAX_LINE_CHARACTERS, readLines } from '../text.js';
import { rowsIn } from './fields.js';
import type { JsonRow } from './fields.js';
import { parseJson } from './lossless.js';

const NOT_JSON = 'The line is not JSON.';

/**
 * True where each line of a text is a whole value. A document that is written over several lines has few that are: of a list
 * it is the last member.
 */
export function isLinesOfJson(head: string): boolean {
  const lines = head.split(/\r\n|\n|\r/);
  // The last line may be cut.
  if (head.length >= MAX_LINE_CHARACTERS && lines.length > 1) lines.pop();
  const parts = lines.map(trimmed).filter((line) => line !== '');
  const whole = parts.filter(isWhole).length;
  return whole * 2 > parts.length;
}

function isWhole(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

/** The rows in lines of JSON. A line that is a list, or has one in a wrapper, gives its members. */
export async function* readLinesOfJson(
  text: AsyncIterable<string>,
  column: string,
  notes: InputNotes,
): AsyncGenerator<JsonRow> {
  let last: { readonly isWhole: boolean; readonly isEnded: boolean } = { isWhole: true, isEnded: true };
  const ends = { isEnded: true };
  let number = 0;
  for await (const line of readLines(watched(text, ends))) {
    const json = line === undefined ? undefined : trimmed(line);
    if (json === '') continue;
    number += 1;
    const parsed = parse(json);
    last = { isWhole: !('problem' in parsed), isEnded: ends.isEnded };
    if ('problem' in parsed) yield parsed;
    else for (const value of rowsIn(parsed.value, column)) yield { value };
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
    return { value: parseJson(json) };
  } catch {
    return { problem: NOT_JSON };
  }
}
