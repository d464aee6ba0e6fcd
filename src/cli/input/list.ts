import { trimmed, indicatorColumn } from './row.js';
import type { ReadingRequest, RowSource, SourceRow } from './row.js';
import { LINE_TOO_LONG, readLines } from './text.js';

/** The marks of a comment, at the beginning of a line, and behind a blank in it. */
const COMMENT_LINE = /^(?:#|;|\/\/)/;
const COMMENT_END = /\s(?:#|;|\/\/).*$/;

/** Reads a plain list: an indicator a line, or several. Empty lines and comments are not rows. */
export function listSource(text: AsyncIterable<string>, { mapping, rules }: ReadingRequest): RowSource {
  const column = indicatorColumn(mapping);
  const withoutComment = (line: string): string => (rules.literal ? line : line.replace(COMMENT_END, ''));
  return { columns: [column], isTable: true, rows: () => readRows(text, column, withoutComment) };
}

async function* readRows(
  text: AsyncIterable<string>,
  column: string,
  withoutComment: (line: string) => string,
): AsyncGenerator<SourceRow> {
  for await (const full of readLines(text)) {
    const line = full === undefined ? undefined : trimmed(full);
    if (line === undefined) yield { cells: [''], valueOf: () => undefined, problem: LINE_TOO_LONG };
    else if (line !== '' && !COMMENT_LINE.test(line)) {
      const value = trimmed(withoutComment(line));
      yield { cells: [line], valueOf: (name) => (name === column ? value : undefined), isLine: true };
    }
  }
}
