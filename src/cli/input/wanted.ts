import { cellText } from './cells.js';
import { noColumn } from './columns.js';
import { readIndicator } from './indicator/spelling.js';
import { asObject } from './json/fields.js';
import { indicatorColumn } from './row.js';
import type { ReadingRequest, RowSource, SourceRow } from './row.js';

/** After so many rows of a table nobody waits for a column any more. */
const LOOKED_AT = 20;
const MAX_DEPTH = 4;

/** The columns that a request names: of each, some row must have it. */
export class WantedColumns {
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
    if (this.source.isTable && this.#rows >= LOOKED_AT) this.requireAll();
  }

  /** @throws UserError if a column was in no row */
  requireAll(): void {
    const [first] = this.#missing;
    const { columns } = this.source;
    const fitting = first?.option === '--column' ? [...this.#fitting] : [];
    if (first && this.#rows > 0) throw noColumn({ name: this.name, ...first, columns, fitting });
  }

  #noteFitting({ fields, cells }: SourceRow): void {
    const values = fields
      ? leavesOf(fields)
      : cells.map((cell, index) => [this.source.columns[index] ?? '', cellText(cell)] as const);
    for (const [column, value] of values) if (readIndicator(value, this.request.facts.kinds)) this.#fitting.add(column);
  }
}

/** The texts in an object, by their paths. */
function leavesOf(object: Readonly<Record<string, unknown>>, depth = 1): (readonly [path: string, text: string])[] {
  return Object.entries(object).flatMap(([name, value]) => {
    if (typeof value === 'string') return [[name, value] as const];
    const inner = depth < MAX_DEPTH ? asObject(value) : undefined;
    return inner ? leavesOf(inner, depth + 1).map(([path, text]) => [`${name}.${path}`, text] as const) : [];
  });
}
