import type { BatchItem } from '../../contracts/enrich-batch.js';
import type { RequestField } from '../../model/batch/batch-item.js';
import type { IndicatorKind } from './indicator/kinds.js';
import { jsonText } from './json/lossless.js';

/** A value for the results: text, or the JSON text of anything else, so that its type and its digits stay what they are. */
export type Cell = string | readonly [json: string];

/** What a row of the input asks for: items, or why it has none. Nothing is sent for a row without an item. */
export type Reading =
  | { readonly items: readonly BatchItem[] }
  | {
      readonly problem: string;
      /** True for a row that is not wanted; else the row is wrong. */
      readonly isSkipped?: true;
    };

/** A row of the input. */
export interface InputRow {
  /** Its values for the results, in the order of the reader's columns. Missing values at the end are empty. */
  readonly cells: readonly Cell[];
  readonly reading: Reading;
}

/** What the reading of an input has found beside its rows. Complete once all rows have been read. */
export interface InputNotes {
  /** How often values were changed before they are sent, by what was done, as `refanged`. */
  readonly changes: Map<string, number>;
  /** What a person should know, in sentences. */
  readonly remarks: string[];
  /** Why the rest of the input could not be read, if it could not. */
  incomplete?: string;
}

/** Reads an input row by row, so that memory does not grow with the file. */
export interface InputReader {
  /** The names of the columns, each once. Complete once all rows have been read: each line of JSON can bring new ones. */
  readonly columns: readonly string[];
  readonly notes: InputNotes;
  /** Every row, in order. @throws UserError if the input as a whole is wrong */
  rows(): AsyncIterable<InputRow>;
}

/** A row as its format gives it, before anybody asks what is to be sent. */
export interface SourceRow {
  readonly cells: readonly Cell[];
  /** The value under a name, without regard to case; `undefined` if the row has none. */
  readonly valueOf: (column: string) => unknown;
  /** Why the row cannot be read, if it cannot. */
  readonly problem?: string;
  /** Fields that can be parameters beside the indicator. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Why the values may stand in the wrong columns, if they may: then only a value that can be verified is sent. */
  readonly doubt?: string;
  /** True for a line that can have words beside its indicator. */
  readonly isLine?: true;
}

/** The rows of an input as its format gives them. */
export interface RowSource {
  readonly columns: readonly string[];
  /** True if every row has the same columns. */
  readonly isTable?: true;
  /** Lists inside rows whose members have the wanted column, as `--rows` takes them. Complete once a row has been read. */
  readonly lists?: readonly string[];
  rows(): AsyncIterable<SourceRow>;
}

/** Columns that say where a row runs. */
export const PER_ROW_FIELDS = ['container_id', 'app_id', 'asset'] as const;
export type PerRowField = (typeof PER_ROW_FIELDS)[number];

/** Which columns become the fields of an item. */
export interface ColumnMapping {
  /** The action's parameter that takes the indicator, as `ip`. */
  readonly parameter: string;
  /** The column that has the indicators, by name, by path through objects, or by number. Default: named like the parameter. */
  readonly column?: string | undefined;
  readonly perRow: readonly PerRowField[];
}

/** How an input is read. What is absent is found from the input itself. */
export interface ReadingRules {
  /** Rows are taken only if each of these columns has one of its values. */
  readonly where?: readonly { readonly column: string; readonly value: string }[] | undefined;
  readonly literal?: boolean | undefined;
  readonly sendAnything?: boolean | undefined;
  /** A row of the results for each value of a cell that is a list. */
  readonly explode?: boolean | undefined;
  /** A text, or `blanks` for runs of them. */
  readonly delimiter?: string | undefined;
  readonly noHeader?: boolean | undefined;
  readonly hasHeader?: boolean | undefined;
  readonly noQuotes?: boolean | undefined;
  /** Where in a JSON document the rows are, as `hits.hits[]._source`. */
  readonly rows?: string | undefined;
  /** A label of the WHATWG Encoding Standard, as `windows-1252`. */
  readonly encoding?: string | undefined;
}

/** What SOAR says of the action. */
export interface ActionFacts {
  /** What the indicator's parameter takes; empty if anything may fit. */
  readonly kinds: readonly IndicatorKind[];
  /** The names of all parameters; absent if SOAR does not say. */
  readonly parameters?: ReadonlySet<string>;
}

/** What is asked of an input. */
export interface ReadingRequest {
  readonly mapping: ColumnMapping;
  readonly rules: ReadingRules;
  readonly facts: ActionFacts;
}

/** The name of the column that has the indicators. */
export function indicatorColumn({ column, parameter }: ColumnMapping): string {
  return column ?? parameter;
}

const REQUEST_FIELD_OF: Readonly<Record<PerRowField, RequestField>> = {
  container_id: 'container_id',
  app_id: 'app_id',
  asset: 'assets',
};

/** The field of an item that a column becomes. */
export function requestFieldOf(column: PerRowField): RequestField {
  return REQUEST_FIELD_OF[column];
}

/** The fields of the items that are not parameters. */
export function requestFieldsOf({ perRow }: ColumnMapping): RequestField[] {
  return perRow.map(requestFieldOf);
}

// A run of blanks is tried from its beginning alone: in the middle of a text it would be tried from each of them.
const EDGES = /^[\s\p{Cc}\p{Cf}]+|(?<![\s\p{Cc}\p{Cf}])[\s\p{Cc}\p{Cf}]+$/gu;
const isPlain = (code: number): boolean => code > 0x20 && code < 0x7f;

/** A value without blanks, line ends, control characters, and zero-width and direction marks at its ends. */
export function trimmed(text: string): string {
  const isClean = text === '' || (isPlain(text.charCodeAt(0)) && isPlain(text.charCodeAt(text.length - 1)));
  return isClean ? text : text.replace(EDGES, '');
}

/** Any JSON value as a cell. */
export function toCell(value: unknown): Cell {
  if (typeof value === 'string') return trimmed(value);
  return value === undefined ? '' : [jsonText(value)];
}

/** A cell as text. */
export function cellText(cell: Cell): string {
  if (typeof cell === 'string') return cell;
  return cell[0] === 'null' ? '' : cell[0];
}

/** A cell as JSON, as it was written. */
export function cellJson(cell: Cell): string {
  return typeof cell === 'string' ? JSON.stringify(cell) : cell[0];
}

/** Any JSON value as trimmed text. */
export function toText(value: unknown): string {
  return cellText(toCell(value));
}
