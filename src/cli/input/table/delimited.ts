import { counted } from '../../../model/text.js';
import { UserError } from '../../errors.js';
import { trimmed, indicatorColumn } from '../row.js';
import { Columns } from '../columns.js';
import { readIndicator } from '../indicator/spelling.js';
import type { InputNotes, ReadingRequest, RowSource, SourceRow } from '../row.js';
import { readRecords } from './records.js';
import { shapeOf } from './shape.js';

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
 * regard to case; a number is a column's place, unless a column has it as its name.
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
  const wanted = indicatorColumn(request.mapping);
  if (trimmed(input.head) === '')
    throw new UserError(`${input.name} is empty: it must have a header line with a column "${wanted}".`, 2);
  const shape = shapeOf(input.head, { ...request.rules, wanted, usual: input.usual });
  let table: Table | undefined;
  let comments = 0;
  for await (const cells of readRecords({ ...input, shape }, (count) => (comments += count))) {
    if (!table) {
      const header = shape.hasHeader ? cells : shape.header;
      table = tableOf(input.name, header, cells, columns, request);
      if (shape.hasHeader) continue;
    }
    if (isComment(cells, table)) comments += 1;
    else yield rowOf(cells, table, columns);
  }
  if (comments > 0) notes.remarks.push(`${comments} comment${comments === 1 ? ' is' : 's are'} left out.`);
}

/** Where # is no mark of a comment elsewhere, a line is one if it is no row. */
function isComment(cells: readonly string[], { width }: Table): boolean {
  return cells[0]?.startsWith('#') === true && cells.length !== width;
}

/** A table's columns as they were before rows with more values came. */
interface Table {
  readonly width: number;
  /** The indices of the columns by their names in lower case. */
  readonly indices: ReadonlyMap<string, number>;
  /** The column that stands for the wanted one, where there is no header. */
  readonly alias: { readonly name: string; readonly index: number } | undefined;
}

function tableOf(
  name: string,
  header: readonly string[] | undefined,
  first: readonly string[],
  columns: Columns,
  { mapping, facts }: ReadingRequest,
): Table {
  const wanted = indicatorColumn(mapping);
  const lower = header?.map((cell) => trimmed(cell).toLowerCase()) ?? [];
  const same = lower.flatMap((cell, index) => (cell === wanted.toLowerCase() ? [index + 1] : []));
  if (same.length > 1) {
    const ways = same.map((place) => `--column ${place}`).join(' or ');
    throw new UserError(`${name} has ${same.length} columns "${wanted}"; say which by its place: ${ways}.`, 2);
  }
  const width = (header ?? first).length;
  columns.addHeader(header ?? first.map(() => ''));
  const indices = new Map(
    [...columns.names.entries(), ...lower.entries()].map(([index, cell]) => [cell.toLowerCase(), index]),
  );
  const needsAlias = !header && mapping.column === undefined && !indices.has(wanted.toLowerCase());
  const alias = needsAlias ? { name: wanted, index: onlyFitting(name, first, facts.kinds) } : undefined;
  return { width, indices, alias };
}

/** The place of the only value of the first row that can be sent. */
function onlyFitting(name: string, first: readonly string[], kinds: ReadingRequest['facts']['kinds']): number {
  const fitting = first.flatMap((cell, index) => (readIndicator(trimmed(cell), kinds) ? [index] : []));
  if (first.length === 1) return 0;
  const [index] = fitting;
  if (fitting.length === 1 && index !== undefined) return index;
  const places = fitting.length > 0 ? fitting : [0];
  const ways = places.map((place) => `--no-header --column ${place + 1}`).join(' or ');
  throw new UserError(`${name} has no header, and nobody can tell which column is meant: say ${ways}.`, 2);
}

function rowOf(cells: readonly string[], table: Table, columns: Columns): SourceRow {
  const trimmedCells = cells.map(trimmed);
  while (trimmedCells.length > table.width && trimmedCells.at(-1) === '') trimmedCells.pop();
  const { length } = trimmedCells;
  return {
    cells: columns.cellsAt(trimmedCells),
    valueOf: (name) => {
      const index = indexOf(name, table);
      return index === undefined ? undefined : (trimmedCells[index] ?? '');
    },
    ...(length === table.width
      ? {}
      : { doubt: `The row has ${counted(length, 'value')}, and the header has ${table.width}.` }),
  };
}

function indexOf(name: string, { width, indices, alias }: Table): number | undefined {
  const index = indices.get(name.toLowerCase()) ?? (alias?.name === name ? alias.index : undefined);
  if (index !== undefined) return index;
  const place = /^\d+$/.test(name) ? Number(name) : 0;
  return place >= 1 && place <= width ? place - 1 : undefined;
}
