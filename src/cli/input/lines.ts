/** One line of a text, without its end; `undefined` in the place of one that is longer than a line may be. */
export type Line = string | undefined;

/** The longest line that is kept, in characters. */
export const MAX_LINE_CHARACTERS = 1024 * 1024;

/** Splits a text that comes in pieces into lines. A line that is too long is passed over without being kept. */
export async function* readLines(text: AsyncIterable<string>): AsyncGenerator<Line> {
  let rest = '';
  let isTooLong = false;
  for await (const piece of text) {
    const parts = piece.split('\n');
    const last = parts.pop() ?? '';
    for (const part of parts) {
      yield isTooLong ? undefined : toLine(rest + part);
      rest = '';
      isTooLong = false;
    }
    if (!isTooLong) rest += last;
    if (rest.length > MAX_LINE_CHARACTERS) {
      isTooLong = true;
      rest = '';
    }
  }
  if (isTooLong) yield undefined;
  else if (rest !== '') yield toLine(rest);
}

function toLine(text: string): Line {
  return text.length > MAX_LINE_CHARACTERS ? undefined : text.replace(/\r$/, '');
}
