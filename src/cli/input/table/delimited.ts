import { UserError } from '../../errors.js';
import { Columns } from '../columns.js';
import { indicatorColumn, trimmed } from '../row.js';
import type { InputNotes, ReadingRequest, RowSource, SourceRow } from '../row.js';
import { headerInComment, isHeaderRow, isRepeated, lackingIn, shownNames } from './next-header.js';
import { readRecords } from './records.js';
import type { TableLine } from './records.js';
import { bare, cellsOf, shapeOf } from './shape.js';
import type { Shape } from './shape.js';
import { rowOf, tableOf } from './table.js';
import type { Table } from './table.js';

/** Delimited text, and what messages call it. */
export interface Delimited {
  readonly name: string;
  readonly text: AsyncIterable<string>;
  /** Its beginning. */
  readonly head: string;
  /** What its name says that it is delimited by. */
  readonly usual?: string | undefined;
}

/**
 * Reads a table. How it is written is found from its beginning, unless the rules say. Names of columns are compared without
 * regard to case; a number is a column's place.
 *
 * @throws UserError while reading, if quotes do not match, or if nobody can tell which column is meant
 */
export function delimitedSource(input: Delimited, request: ReadingRequest, notes: InputNotes): RowSource {
  const columns = new Columns((remark) => notes.remarks.push(remark));
  return { columns: columns.names, isTable: true, rows: () => readRows(input, request, columns, notes) };
}

async function* readRows(
  input: Delimited,
  request: ReadingRequest,
  columns: Columns,
  notes: InputNotes,
): AsyncGenerator<SourceRow> {
  const { name, head } = input;
  const wanted = indicatorColumn(request.mapping);
  if (trimmed(head) === '')
    throw new UserError(`${name} is empty: it must have a header line with a column "${wanted}".`, 2);
  const shape = shapeOf(head, { ...request.rules, wanted, usual: input.usual });
  if (shape.firstLine === 'unclear') throw unclearHeader(input, shape);
  const reader = new TableReader(name, shape, columns, request, notes);
  for await (const line of readRecords({ ...input, shape })) {
    const row = reader.read(line);
    if (row) yield row;
  }
  reader.end();
}

/** Reads the rows of a table by the header above each. */
class TableReader {
  #table: Table | undefined;
  #rows = 0;
  #headers = 1;
  #comments = 0;

  constructor(
    private readonly name: string,
    private readonly shape: Shape,
    private readonly columns: Columns,
    private readonly request: ReadingRequest,
    private readonly notes: InputNotes,
  ) {}

  read(line: TableLine): SourceRow | undefined {
    const table = this.#table;
    if ('cells' in line) return table ? this.#readNext(line.cells, table) : this.#begin(line.cells);
    this.#readComment(line.comment, table);
    return undefined;
  }

  #begin(cells: readonly string[]): SourceRow | undefined {
    const { hasHeader, firstLine } = this.shape;
    const header = hasHeader ? cells : this.shape.header;
    this.#table = tableOf(this.name, header, cells, this.columns, this.request);
    if (header && firstLine !== 'named') this.notes.remarks.push(guessed(header));
    return hasHeader ? undefined : this.#readNext(cells, this.#table);
  }

  #readNext(cells: readonly string[], table: Table): SourceRow | undefined {
    if (isHeaderRow(this.name, this.#rows, cells, table, this.request)) {
      this.#change(cells, table);
      return undefined;
    }
    // Where # is no mark of a comment elsewhere, a line is one if it is no row.
    if (cells[0]?.startsWith('#') && cells.length !== table.width) {
      this.#comments += 1;
      return undefined;
    }
    this.#rows += 1;
    return rowOf(cells, table, this.columns);
  }

  #readComment(comment: string, table: Table | undefined): void {
    const header = table && headerInComment(comment, this.shape.delimiter, table, this.request);
    if (header) this.#change(header, table);
    else this.#comments += 1;
  }

  #change(cells: readonly string[], table: Table): void {
    const [first = '', ...others] = cells.map(trimmed);
    const header = [bare(first), ...others];
    if (isRepeated(header, table) || this.request.rules.noHeader) return;
    const lacks = lackingIn(this.name, header, this.request);
    this.#table = { ...tableOf(this.name, header, header, this.columns, this.request), lacks };
    this.#headers += 1;
    if (lacks !== undefined)
      this.notes.remarks.push(`Behind row ${this.#rows} there is a header (${shownNames(header)}) without "${lacks}".`);
  }

  end(): void {
    const { remarks } = this.notes;
    if (this.#headers > 1) remarks.push(`There are ${this.#headers} headers: each row is read by the one above it.`);
    if (this.#comments > 0)
      remarks.push(`${this.#comments} comment${this.#comments === 1 ? ' is' : 's are'} left out.`);
  }
}

function unclearHeader({ name, head }: Delimited, { delimiter, skippedLines }: Shape): UserError {
  const first = head.split(/\r\n|\n|\r/)[skippedLines] ?? '';
  const why = `the first line (${shownNames(cellsOf(first, delimiter))}) may be a header or a row`;
  return new UserError(`${name}: ${why}: say --header if it has names, or --no-header if it has values.`, 2);
}

function guessed(header: readonly string[]): string {
  return `The first line is taken for a header: ${shownNames(header)}. If it is a row, say --no-header.`;
}
