import { constants, createWriteStream } from 'node:fs';
import { access, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import { messageOf, Problem } from '../problem.js';
import type { Indicators } from './read-indicators.js';
import type { ItemRow } from './item-row.js';

const OWN_COLUMNS = ['status', 'message'] as const;
const RUN_COLUMN = 'action_run_id';

/** Refuses a place where results cannot be written, before the work is done. @throws Problem that says why */
export async function checkOutput(file: string): Promise<void> {
  const folder = path.dirname(file);
  try {
    await access(folder, constants.W_OK);
    if (!(await stat(folder)).isDirectory()) throw new Error(`${folder} is not a folder`);
  } catch (error) {
    throw new Problem(`${file} cannot be written: ${messageOf(error)}.`);
  }
  const isFolder = await stat(file).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (isFolder) throw new Problem(`${file} is a folder; the results need the name of a file.`);
}

/**
 * Writes one row for every input row, in input order: its own columns, then what became of it. The file is complete or
 * not there: it is written beside its place and renamed.
 *
 * @param places for every input row the place of its item in `rows`
 * @throws Problem where the file cannot be written
 */
export async function writeResults(
  file: string,
  indicators: Indicators,
  places: readonly number[],
  rows: readonly ItemRow[],
): Promise<void> {
  const part = `${file}.${process.pid}.part`;
  try {
    // Left behind by a killed process that had the same id, as in a container.
    await rm(part, { force: true });
    const lines = Readable.from(outputLines(indicators, places, rows));
    // A cell that starts like a formula would run in a spreadsheet: SOAR's texts are untrusted.
    await pipeline(lines, stringify({ escape_formulas: true }), createWriteStream(part, { flags: 'wx' }));
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw new Problem(`${file} cannot be written: ${messageOf(error)}.`);
  }
}

function* outputLines(
  { columns, rows: inputs }: Indicators,
  places: readonly number[],
  rows: readonly ItemRow[],
): Generator<readonly string[]> {
  const fields = [...new Set(rows.flatMap((row) => Object.keys(row.fields)))];
  yield header(columns, [...OWN_COLUMNS, ...fields, RUN_COLUMN]);
  for (const [index, input] of inputs.entries()) yield [...input, ...ownCells(rows[places[index] ?? -1], fields)];
}

/** A column of ours whose name is taken already, as in results that are enriched once more, is called `result_…`. */
function header(columns: readonly string[], own: readonly string[]): string[] {
  const names = [...columns];
  for (const name of own) {
    let free = name;
    while (names.includes(free)) free = `result_${free}`;
    names.push(free);
  }
  return names;
}

function ownCells(row: ItemRow | undefined, fields: readonly string[]): string[] {
  if (!row) return [];
  return [row.status, row.message, ...fields.map((name) => row.fields[name] ?? ''), String(row.actionRunId ?? '')];
}
