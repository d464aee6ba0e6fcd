import { extname } from 'node:path';
import { trimmed } from './cells.js';
import { indicatorColumn } from './row.js';
import type { ReadingRequest } from './row.js';
import { cellsOf, shapeOf } from './table/shape.js';

/** The formats of an input. */
export type InputFormat = 'csv' | 'tsv' | 'json' | 'jsonl' | 'list';

const BY_EXTENSION: ReadonlyMap<string, InputFormat> = new Map([
  ['.csv', 'csv'],
  ['.tsv', 'tsv'],
  ['.tab', 'tsv'],
  ['.json', 'json'],
  ['.jsonl', 'jsonl'],
  ['.ndjson', 'jsonl'],
]);

/** The format of a file by its name; `undefined` where its content has to tell. */
export function formatOf(file: string): InputFormat | undefined {
  return BY_EXTENSION.get(extname(file.toLowerCase().replace(/\.(?:gz|zst)$/, '')));
}

const JSON_START = /^(?:\{\s*["}]|\[\s*(?:[{["\]]|-?\d+(?:\.\d+)?\s*[,\]]|true|false|null))/;

/** The format of a text whose name tells nothing: a list, unless it clearly is something else. */
export function formatByContent(head: string, { mapping, rules }: ReadingRequest): InputFormat {
  if (rules.rows !== undefined || JSON_START.test(trimmed(head.slice(0, 1_000)))) return 'json';
  const isSaid = rules.delimiter !== undefined || rules.noHeader === true;
  return isSaid || isTable(head, indicatorColumn(mapping)) ? 'csv' : 'list';
}

const isComment = (line: string): boolean => trimmed(line) === '' || /^\s*(?:#|;|\/\/)/.test(line);

/** True for a text whose columns have the wanted one, or names and as many values in several lines. */
function isTable(head: string, wanted: string): boolean {
  if (/^\d+$/.test(wanted)) return true;
  const { delimiter, header, hasHeader } = shapeOf(head.replace(/^;.*$/gm, ''), { wanted });
  const rows = head
    .split(/\r\n|\n|\r/, 200)
    .filter((line) => !isComment(line))
    .slice(0, 10);
  const counts = rows.map((line) => cellsOf(line, delimiter).length);
  const names = header ?? (hasHeader ? cellsOf(rows[0] ?? '', delimiter) : []);
  if (names.some((name) => name.toLowerCase() === wanted.toLowerCase())) return true;
  const isRegular = counts.length > 1 && counts.every((count) => count === names.length);
  return names.length > 1 && delimiter !== 'blanks' && isRegular;
}
