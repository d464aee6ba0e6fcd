import { isDeeperThan, MAX_INPUT_DEPTH } from '../../../model/json.js';
import { Columns } from '../columns.js';
import { indicatorColumn } from '../row.js';
import type { InputNotes, ReadingRequest, RowSource, SourceRow } from '../row.js';
import { readDocument } from './document.js';
import { asObject, fieldOf, hoisted, isTuple } from './fields.js';
import type { JsonRow } from './fields.js';
import { findRows, listsWith, pathOf, survey, withoutRows } from './find-rows.js';
import { formOf } from './form.js';
import { readLinesOfJson } from './lines.js';
import { rowsOfEach, valuesAt } from './rows-of.js';
import type { RowsOf } from './rows-of.js';

/** JSON text, and what messages call it. */
export interface JsonInput {
  readonly name: string;
  /** Each call reads it from its beginning. */
  readonly text: () => AsyncIterable<string>;
  /** Its beginning. */
  readonly head: string;
  /** True if it is said to be a value a line. */
  readonly isLines?: boolean;
}

const NO_ROW = 'The line is neither an object nor a text.';
const TOO_DEEP = `The row must not be nested deeper than ${MAX_INPUT_DEPTH} levels.`;

/**
 * Reads JSON: a value a line, values one behind the other, or a document of any size whose rows are in a list. A row is an
 * object, a text, which is the indicator, or a list, whose values are named by their places.
 */
export function jsonSource(input: JsonInput, request: ReadingRequest, notes: InputNotes): RowSource {
  const columns = new Columns((remark) => notes.remarks.push(remark));
  const lists: string[] = [];
  return { columns: columns.names, lists, rows: () => readRows(input, request, { columns, places: [], lists, notes }) };
}

/** What is found out while rows are read. */
interface Found {
  readonly columns: Columns;
  /** The places of the values of rows that are lists. */
  readonly places: (number | undefined)[];
  readonly lists: string[];
  readonly notes: InputNotes;
}

async function* readRows(input: JsonInput, request: ReadingRequest, found: Found): AsyncGenerator<SourceRow> {
  if (/^\s*\[\s*\]\s*$/.test(input.head)) return;
  const column = indicatorColumn(request.mapping);
  const { documents, rowsOf } = documentsOf(input, request, found);
  let without = 0;
  for await (const document of documents) {
    const rows = 'problem' in document ? [] : rowsOf(document.value);
    if ('problem' in document) yield unreadable(document.problem, document.text, found.columns);
    else if (rows.length === 0) without += 1;
    for (const row of rows) yield toRow(row, column, found, document.text);
  }
  const { rows } = request.rules;
  if (without > 0 && rows !== undefined) found.notes.remarks.push(withoutRows(without, rows));
}

/** The documents of a text, and the rows in each of them. A document that is searched for its list gives them itself. */
function documentsOf(
  input: JsonInput,
  { mapping, rules: { rows } }: ReadingRequest,
  { lists, notes }: Found,
): { documents: AsyncIterable<JsonRow>; rowsOf: RowsOf } {
  const { name, text, isLines = false } = input;
  const { kind, head, documents } = formOf(input.head, isLines);
  const column = indicatorColumn(mapping);
  const seen = survey(head, column);
  if (rows === undefined) lists.push(...listsWith(seen));
  if (kind === 'single') {
    const paths = findRows({ name, head, rows }, seen);
    return { documents: readDocument(name, text(), paths, notes), rowsOf: (row) => [row] };
  }
  const path = rows === undefined ? undefined : pathOf(name, rows, seen.lists);
  return {
    documents: kind === 'lines' ? readLinesOfJson(text(), notes) : readDocument(name, text(), [''], notes),
    rowsOf: path === undefined ? rowsOfEach(documents, column) : (document) => valuesAt(document, path),
  };
}

function toRow(value: unknown, column: string, { columns, places }: Found, text: string | undefined): SourceRow {
  if (isDeeperThan(value, MAX_INPUT_DEPTH)) return unreadable(TOO_DEEP, text, columns);
  if (isTuple(value, column)) {
    const cells = columns.cellsAt(value, places);
    return { cells, valueOf: (name) => value[/^\d+$/.test(name) ? Number(name) - 1 : columns.names.indexOf(name)] };
  }
  const object = asObject(value);
  if (!object && typeof value !== 'string') return unreadable(NO_ROW, value, columns);
  const fields = object ? hoisted(object) : { [column]: value };
  return {
    cells: columns.cellsOf(fields),
    valueOf: object ? (name) => fieldOf(fields, name) : (name) => (name === column ? value : undefined),
    fields,
  };
}

/** A row that comes back as it is, for a person to look at. */
function unreadable(problem: string, line: unknown, columns: Columns): SourceRow {
  return { cells: line === undefined ? [] : columns.cellsOf({ line }), valueOf: () => undefined, problem };
}
