import type { BatchItem } from '../../contracts/enrich-batch.js';
import { MAX_PAGE_BYTES, problemOfItem } from '../../model/batch/batch-item.js';
import { jsonBytes } from '../../model/json.js';
import { counted } from '../../model/text.js';
import { toSafeText } from '../../soar/soar-error.js';
import { noColumn, valuesAsNames } from './columns.js';
import { readIndicator } from './indicator/spelling.js';
import { isNoValue, readValues } from './indicator/values.js';
import { asObject, jsonIn } from './json/fields.js';
import { withPlainNumbers } from './json/lossless.js';
import { cellText, indicatorColumn, PER_ROW_FIELDS, requestFieldOf, requestFieldsOf, toText, trimmed } from './row.js';
import type { InputNotes, InputReader, InputRow, Reading, ReadingRequest, RowSource, SourceRow } from './row.js';

/** Asks of every row of a source what is to be sent. @throws UserError while reading, if a column is in no row at all */
export function interpreted(name: string, source: RowSource, request: ReadingRequest, notes: InputNotes): InputReader {
  const { columns } = source;
  return { columns, notes, rows: () => readRows(name, source, request, notes) };
}

async function* readRows(
  name: string,
  source: RowSource,
  request: ReadingRequest,
  notes: InputNotes,
): AsyncGenerator<InputRow> {
  const wanted = new WantedColumns(name, source, request);
  const several = new Several();
  for await (const row of source.rows()) {
    wanted.see(row);
    const reading = readRow(row, request, notes);
    several.see(reading, request.mapping.parameter);
    const items = 'items' in reading && request.rules.explode ? reading.items : [];
    if (items.length < 2) yield { cells: row.cells, reading };
    else for (const item of items) yield { cells: row.cells, reading: { items: [item] } };
  }
  wanted.requireAll();
  notes.remarks.push(...several.remarks());
}

const SHOWN_VALUES = 3;

/** The rows that gave several values: one of them is shown, so that a person can see whether all of them are meant. */
class Several {
  #rows = 0;
  #count = 0;
  #example = '';

  see(reading: Reading, parameter: string): void {
    this.#rows += 1;
    if (!('items' in reading) || reading.items.length < 2) return;
    if (this.#count++ > 0) return;
    const shown = reading.items
      .slice(0, SHOWN_VALUES)
      .map((item) => toSafeText(toText(item[parameter]), SHOWN_CHARACTERS));
    const more = reading.items.length > SHOWN_VALUES ? ` and ${reading.items.length - SHOWN_VALUES} more` : '';
    this.#example = `as row ${this.#rows}: ${shown.join(', ')}${more}`;
  }

  remarks(): string[] {
    return this.#count === 0 ? [] : [`${counted(this.#count, 'row')} gave several values, ${this.#example}.`];
  }
}

function readRow(row: SourceRow, request: ReadingRequest, notes: InputNotes): Reading {
  if (row.problem !== undefined) return { problem: row.problem };
  return whyNotWanted(row, request) ?? readItems(row, request, notes);
}

function whyNotWanted({ valueOf }: SourceRow, { rules: { where = [] } }: ReadingRequest): Reading | undefined {
  for (const { column } of where) {
    const value = toText(valueOf(column)).toLowerCase();
    const values = where.filter((other) => other.column === column).map((other) => trimmed(other.value));
    if (values.some((one) => one.toLowerCase() === value)) continue;
    return { problem: `The row does not have ${column}=${values.join(` or ${column}=`)}.`, isSkipped: true };
  }
  return undefined;
}

const INEXACT = 'A number in the row is so large that it would become another one: write it as text, in quotes.';

function readItems(row: SourceRow, request: ReadingRequest, notes: InputNotes): Reading {
  const { mapping, rules, facts } = request;
  const column = indicatorColumn(mapping);
  const valueRules = { ...facts, ...rules };
  const found = row.valueOf(column);
  const value = typeof found === 'string' ? trimmed(found) : found;
  if (isNoValue(value, valueRules)) return { problem: `The row has no value in "${column}".` };
  const read = readValues(value, valueRules, row.isLine);
  if ('problem' in read) return read;
  if (row.doubt !== undefined && (facts.kinds.length === 0 || rules.sendAnything)) return { problem: row.doubt };
  return itemsOf(read, row, request, notes);
}

function itemsOf(
  read: { readonly values: readonly unknown[]; readonly changes: readonly string[] },
  row: SourceRow,
  { mapping, rules, facts }: ReadingRequest,
  notes: InputNotes,
): Reading {
  const others = otherParameters(row, mapping, facts.parameters, rules.sendAnything);
  const items: BatchItem[] = [];
  for (const one of read.values) {
    const reading = itemOf({ ...others, [mapping.parameter]: one }, row, mapping);
    if ('problem' in reading) return reading;
    items.push(...reading.items);
  }
  for (const change of new Set(read.changes)) notes.changes.set(change, (notes.changes.get(change) ?? 0) + 1);
  return { items };
}

/** Of a line of JSON without a column of its own for the indicator, the fields that SOAR knows as parameters of the action. */
function otherParameters(
  { fields = {} }: SourceRow,
  { parameter, column }: ReadingRequest['mapping'],
  parameters: ReadonlySet<string> | undefined,
  isAnythingSent: boolean | undefined,
): Record<string, unknown> {
  if (column !== undefined) return {};
  const isOther = (name: string): boolean => name.toLowerCase() !== parameter.toLowerCase();
  const isParameter = (name: string): boolean => (parameters ? parameters.has(name) : isAnythingSent === true);
  const isRequest = (name: string): boolean => PER_ROW_FIELDS.some((field) => field === name);
  return Object.fromEntries(
    Object.entries(fields).filter(([name]) => isOther(name) && isParameter(name) && !isRequest(name)),
  );
}

const SHOWN_CHARACTERS = 40;
/** A page can hold a single item; its brackets take two bytes. */
const MAX_ITEM_BYTES = MAX_PAGE_BYTES - 2;

/** The item of parameters, with the fields that say where it runs. An empty value leaves its field out. */
function itemOf(parameters: BatchItem, row: SourceRow, mapping: ReadingRequest['mapping']): Reading {
  const requestFields = requestFieldsOf(mapping);
  const taken = requestFields.find((field) => Object.hasOwn(parameters, field));
  if (taken !== undefined) return { problem: `"${taken}" says where the row runs and cannot be a parameter as well.` };
  const item: BatchItem = {};
  for (const column of mapping.perRow) {
    const text = toText(row.valueOf(column));
    if (text === '') continue;
    item[requestFieldOf(column)] = fieldValue(column, text);
    if (problemOfItem(item, requestFields) !== undefined) return { problem: wrongField(column, text) };
  }
  const plain = withPlainNumbers(parameters);
  if (!plain) return { problem: INEXACT };
  const whole = { ...item, ...plain };
  const bytes = jsonBytes(whole);
  if (bytes <= MAX_ITEM_BYTES) return { items: [whole] };
  return { problem: `The row takes ${bytes} bytes as JSON; at most ${MAX_ITEM_BYTES} can be sent.` };
}

function fieldValue(column: (typeof PER_ROW_FIELDS)[number], text: string): unknown {
  if (column === 'asset') return [text];
  // 7 and "7" mean the same; as numbers they are also the same item.
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : text;
}

function wrongField(column: (typeof PER_ROW_FIELDS)[number], text: string): string {
  const expected = column === 'container_id' ? 'the number of a container' : 'the number or GUID of an app';
  return `${column} must be ${expected}, not "${toSafeText(text, SHOWN_CHARACTERS)}".`;
}

/** After so many rows of a table nobody waits for a column any more. */
const LOOKED_AT = 20;
const MAX_DEPTH = 4;

/** The columns that a request names: of each, some row must have it. */
class WantedColumns {
  readonly #missing: { readonly option: string; readonly wanted: string }[];
  readonly #fitting = new Set<string>();
  #rows = 0;

  constructor(
    private readonly name: string,
    private readonly source: RowSource,
    private readonly request: ReadingRequest,
  ) {
    const { mapping, rules } = request;
    this.#missing = [
      { option: '--column', wanted: indicatorColumn(mapping) },
      ...(rules.where ?? []).map(({ column }) => ({ option: '--where', wanted: column })),
      ...(source.isTable ? mapping.perRow.map((field) => ({ option: '--per-row', wanted: field })) : []),
    ];
  }

  see(row: SourceRow): void {
    if (row.problem !== undefined || this.#missing.length === 0) return;
    this.#rows += 1;
    const there = this.#missing.filter(({ wanted }) => row.valueOf(wanted) !== undefined);
    for (const one of there) this.#missing.splice(this.#missing.indexOf(one), 1);
    if (this.#rows <= LOOKED_AT && this.#missing.length > 0) this.#noteFitting(row);
    // What is in a cell can be there later.
    const isInCell = this.#missing.some(({ wanted }) => wanted.includes('.'));
    if (this.source.isTable && this.#rows >= LOOKED_AT && !isInCell) this.requireAll();
  }

  /** @throws UserError if a column was in no row */
  requireAll(): void {
    const [first] = this.#missing;
    const { columns, lists = [] } = this.source;
    if (!first || this.#rows === 0) return;
    const isIndicator = first.option === '--column';
    const fitting = isIndicator ? [...this.#fitting] : [];
    if (isIndicator && fitting.length === 0 && this.#areValues(columns)) throw valuesAsNames(this.name, columns);
    throw noColumn({ name: this.name, ...first, columns, fitting, lists });
  }

  /** Some field of its own can look like a domain, as `host.name` does: all of them must. */
  #areValues(columns: readonly string[]): boolean {
    const some = columns.slice(0, LOOKED_AT);
    return (
      !this.source.isTable && some.length > 0 && some.every((column) => readIndicator(column, this.request.facts.kinds))
    );
  }

  #noteFitting({ fields, cells }: SourceRow): void {
    const named = cells.map((cell, index) => [this.source.columns[index] ?? '', cellText(cell)] as const);
    const values = leavesOf(fields ?? Object.fromEntries(named.map(([name, text]) => [name, jsonIn(text) ?? text])));
    for (const [column, value] of values) if (readIndicator(value, this.request.facts.kinds)) this.#fitting.add(column);
  }
}

/** The texts in an object, by their paths; those of its own lists come last. */
function leavesOf(object: Readonly<Record<string, unknown>>, depth = 1): (readonly [path: string, text: string])[] {
  return Object.entries(object)
    .sort(([, a], [, b]) => Number(Array.isArray(a)) - Number(Array.isArray(b)))
    .flatMap(([name, value]) => {
      const [first] = [value].flat();
      if (typeof first === 'string') return [[name, first] as const];
      const inner = depth < MAX_DEPTH ? asObject(first) : undefined;
      return inner ? leavesOf(inner, depth + 1).map(([path, text]) => [`${name}.${path}`, text] as const) : [];
    });
}
