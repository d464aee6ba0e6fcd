import { z } from 'zod';
import { isDeeperThan, MAX_INPUT_DEPTH } from '../../model/depth.js';
import type { InputReader, InputRow, Reading } from './row.js';
import type { ItemPlan } from './item-plan.js';
import { PER_ROW_FIELDS, readItem, toText } from './item-plan.js';
import type { Line } from './lines.js';
import { readLines } from './lines.js';

/** Columns beyond these are not kept for the results: every line could bring others. */
const MAX_COLUMNS = 500;
export const NOT_JSON = 'The line is not JSON.';
const TOO_DEEP = `The line must not be nested deeper than ${MAX_INPUT_DEPTH} levels.`;
const INEXACT = 'A number in the line is so large that it would become another one: write it as text, in quotes.';

const objectSchema = z.record(z.string(), z.unknown());

/**
 * Reads lines of JSON: each an object, which is a parameter set, or a text, which is the indicator. Where the plan names a
 * column, an object's field of that name is the indicator, and its other fields go to the results alone.
 */
export function jsonLinesReader(text: AsyncIterable<string>, plan: ItemPlan): InputReader {
  const columns = new Columns();
  return { columns: columns.names, rows: () => readRows(text, plan, columns) };
}

async function* readRows(text: AsyncIterable<string>, plan: ItemPlan, columns: Columns): AsyncGenerator<InputRow> {
  for await (const line of readLines(text)) {
    const json = line?.replace(/^\uFEFF/, '').trim();
    if (json !== '') yield readRow(json, plan, columns);
  }
}

function readRow(json: Line, plan: ItemPlan, columns: Columns): InputRow {
  const value = parse(json);
  if ('problem' in value) return { cells: [], reading: value };
  const indicatorColumn = plan.column ?? plan.parameter;
  const fields =
    typeof value.json === 'string' ? { [indicatorColumn]: value.json } : objectSchema.safeParse(value.json).data;
  if (!fields) return { cells: [], reading: { problem: 'The line is neither an object nor a text.' } };
  return { cells: columns.cellsOf(fields), reading: readFields(fields, indicatorColumn, plan) };
}

function parse(json: Line): { json: unknown } | { problem: string } {
  if (json === undefined) return { problem: 'The line is longer than a line may be.' };
  const value = parseJson(json);
  if (value === undefined) return { problem: NOT_JSON };
  if (isDeeperThan(value, MAX_INPUT_DEPTH)) return { problem: TOO_DEEP };
  return hasInexactNumber(value) ? { problem: INEXACT } : { json: value };
}

/** `undefined` is no JSON. */
function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Two ids that differ in the last digit would be one item. */
function hasInexactNumber(value: unknown): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasInexactNumber);
}

function readFields(fields: Record<string, unknown>, indicatorColumn: string, plan: ItemPlan): Reading {
  const own = Object.entries(fields).filter(([name]) => !plan.perRow.some((field) => field === name));
  const indicator = fields[indicatorColumn];
  const lacksIndicator =
    plan.column !== undefined || indicatorColumn in fields ? toText(indicator).trim() === '' : own.length === 0;
  if (lacksIndicator) return { problem: `The line has no value in "${indicatorColumn}".` };
  const parameters = plan.column === undefined ? Object.fromEntries(own) : { [plan.parameter]: indicator };
  const perRow = Object.fromEntries(PER_ROW_FIELDS.map((field) => [field, fields[field]]));
  return readItem(parameters, plan, perRow);
}

/** The names that have come up so far, and a row's values in their order. */
class Columns {
  readonly names: string[] = [];
  readonly #places = new Map<string, number>();

  cellsOf(fields: Record<string, unknown>): string[] {
    const cells: string[] = [];
    for (const [name, value] of Object.entries(fields)) {
      const place = this.#placeOf(name);
      if (place !== undefined) cells[place] = toText(value);
    }
    return Array.from(cells, (cell: string | undefined) => cell ?? '');
  }

  #placeOf(name: string): number | undefined {
    const known = this.#places.get(name);
    if (known !== undefined || this.names.length >= MAX_COLUMNS) return known;
    this.#places.set(name, this.names.length);
    return this.names.push(name) - 1;
  }
}
