import { isDeeperThan, MAX_INPUT_DEPTH } from '../../../model/json.js';
import { Columns } from '../columns.js';
import { indicatorColumn } from '../row.js';
import type { InputNotes, ReadingRequest, RowSource, SourceRow } from '../row.js';
import { readDocument } from './document.js';
import { asObject, fieldOf, hoisted, isTuple } from './fields.js';
import { findRows } from './find-rows.js';
import { isLinesOfJson, readLinesOfJson } from './lines.js';

/** JSON text, and what messages call it. */
export interface JsonInput {
  readonly name: string;
  /** Each call reads it from its beginning. */
  readonly text: () => AsyncIterable<string>;
  /** Its beginning. */
  readonly head: string;
}

const TOO_DEEP = `The row must not be nested deeper than ${MAX_INPUT_DEPTH} levels.`;

/**
 * Reads JSON: lines, or a document of any size whose rows are in a list. A row is an object, a text, which is the indicator, or
 * a list, whose values are named by their places.
 */
export function jsonSource(input: JsonInput, request: ReadingRequest, notes: InputNotes): RowSource {
  const columns = new Columns((remark) => notes.remarks.push(remark));
  return { columns: columns.names, rows: () => readRows(input, request, columns, notes) };
}

async function* readRows(
  { name, text, head }: JsonInput,
  request: ReadingRequest,
  columns: Columns,
  notes: InputNotes,
): AsyncGenerator<SourceRow> {
  if (/^\s*\[\s*\]\s*$/.test(head)) return;
  const column = indicatorColumn(request.mapping);
  const paths = findRows(name, head, column, request.rules.rows);
  // What is wrong in a line harms no other. Rows in the lists of lines are found as those of documents are.
  const areRows = request.rules.rows === undefined && (/^\d+$/.test(column) || paths.join() === '');
  const isLines = areRows && isLinesOfJson(head);
  const values = isLines ? readLinesOfJson(text(), column, notes) : readDocument(name, text(), paths, notes);
  for await (const row of values) yield 'problem' in row ? unreadable(row.problem) : toRow(row.value, column, columns);
}

function toRow(value: unknown, column: string, columns: Columns): SourceRow {
  if (isDeeperThan(value, MAX_INPUT_DEPTH)) return unreadable(TOO_DEEP);
  if (isTuple(value, column)) {
    const cells = columns.cellsAt(value);
    return { cells, valueOf: (name) => value[/^\d+$/.test(name) ? Number(name) - 1 : columns.names.indexOf(name)] };
  }
  const object = asObject(value);
  if (!object && typeof value !== 'string') return unreadable('The line is neither an object nor a text.');
  const fields = object ? hoisted(object) : { [column]: value };
  return {
    cells: columns.cellsOf(fields),
    valueOf: object ? (name) => fieldOf(fields, name) : (name) => (name === column ? value : undefined),
    fields,
  };
}

function unreadable(problem: string): SourceRow {
  return { cells: [], valueOf: () => undefined, problem };
}
