import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import { messageOf, Problem } from '../problem.js';
import type { Indicators } from './read-indicators.js';
import type { ItemRow } from './item-row.js';

const OWN_COLUMNS = ['status', 'message'] as const;
const RUN_COLUMN = 'action_run_id';

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
    const lines = Readable.from(outputLines(indicators, places, rows));
    // A cell that starts like a formula would run in a spreadsheet: SOAR's texts are untrusted.
    await pipeline(lines, stringify({ escape_formulas: true }), createWriteStream(part, { flags: 'wx' }));
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw new Problem(`${file} cannot be written: ${messageOf(error)}`);
  }
}

function* outputLines(
  { columns, rows: inputs }: Indicators,
  places: readonly number[],
  rows: readonly ItemRow[],
): Generator<string[]> {
  const fields = [...new Set(rows.flatMap((row) => Object.keys(row.fields)))];
  yield [
    ...columns,
    ...[...OWN_COLUMNS, ...fields, RUN_COLUMN].map((name) => (columns.includes(name) ? `result_${name}` : name)),
  ];
  for (const [index, input] of inputs.entries()) {
    const row = rows[places[index] ?? -1];
    const own = row
      ? [row.status, row.message, ...fields.map((name) => row.fields[name] ?? ''), String(row.actionRunId ?? '')]
      : [];
    yield [...columns.map((name) => input[name] ?? ''), ...own];
  }
}
