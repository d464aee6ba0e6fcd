import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { readSpec } from '../../../../src/cli/batch-command.js';
import type { BatchCommandOptions } from '../../../../src/cli/batch-command.js';
import { UserError } from '../../../../src/cli/errors.js';
import { kindsOf } from '../../../../src/cli/input/indicator/kinds.js';
import { prepareFromFile } from '../../../../src/cli/job/prepare.js';
import type { PreparedJob } from '../../../../src/cli/job/prepare.js';
import { csvText, tableColumns } from '../../../../src/cli/output/csv.js';
import type { TextSink } from '../../../../src/cli/output/files.js';
import { outputRows } from '../../../../src/cli/output/rows.js';
import type { JobRows, NoResult } from '../../../../src/cli/output/rows.js';
import { RowStream } from '../../../../src/cli/output/stream.js';
import { all, itemRow } from './rows.js';
import type { Scratch } from './scratch.js';

/** Two addresses that any file may have. */
export const EIGHT = '8.8.8.8';
export const ONE = '1.1.1.1';
export const BOTH: readonly string[] = [EIGHT, ONE];

/** A file and what is to be sent of it; `Seen` is what else is to be seen. */
export type FileCase<Seen extends readonly unknown[]> = readonly [
  what: string,
  name: string,
  content: string,
  options: Partial<BatchCommandOptions>,
  sent: readonly string[],
  ...seen: Seen,
];

/** What a command on a file comes to. */
export interface FileOutcome {
  readonly exit: number;
  /** The error, the remarks and the counts of what was changed. */
  readonly says: string;
  /** The parameter of each item; the whole item where it has more. */
  readonly sent: readonly unknown[];
  /** The rows of the CSV: the input's cells, and the status. */
  readonly rows: readonly string[];
  readonly messages: readonly string[];
  readonly header: string;
  /** The values of the input in the lines of JSON, as they are written there. */
  readonly json: readonly string[];
}

const NOTHING = { sent: [], rows: [], messages: [], header: '', json: [] };
const REST: NoResult = { status: 'failed', message: 'no result' };
const recordsSchema = z.array(z.array(z.string()));
const lineSchema = z.object({ row: z.int() });

/** Reads a file as `soar-runner batch` does, gives every item that it would send a result, and writes the outputs. */
export async function runFile(
  scratch: Scratch,
  name: string,
  content: string | Uint8Array,
  options: Partial<BatchCommandOptions> = {},
): Promise<FileOutcome> {
  const file = scratch.at(name);
  writeFileSync(file, content);
  try {
    const parameter = options.parameter ?? 'ip';
    const spec = readSpec(file, { action: 'look up', parameter, worker: true, asset: 'any', ...options }, {});
    const format = spec.source.kind === 'file' ? spec.source.format : undefined;
    const facts = { kinds: kindsOf(parameter, undefined), parameters: new Set([parameter, 'days']) };
    const folder = path.join(scratch.folder, `jobs of ${name} ${Math.random()}`);
    const job = await prepareFromFile(folder, spec, () => Promise.resolve(facts), { name, path: file, format });
    try {
      return await outcomeOf(job, parameter);
    } finally {
      await job.close();
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { ...NOTHING, exit: error.exitCode, says: error.message };
  }
}

async function outcomeOf(job: PreparedJob, parameter: string): Promise<FileOutcome> {
  const { summary, input, results } = job;
  const items = await all(input.items(0));
  await results.put(0, new Map(items.map((_, place) => [place, itemRow()])));
  const rows: JobRows = () => outputRows(input, results, summary.columns.length, REST);
  const csv = (await all(csvText(rows, tableColumns(summary.columns, [])))).join('');
  const [header = [], ...records] = recordsSchema.parse(parse(csv));
  const width = summary.columns.length;
  const changes = Object.entries(summary.changes).map(([change, count]) => `${count} ${change}`);
  const isIncomplete = summary.incomplete !== undefined;
  return {
    exit: isIncomplete ? 2 : items.length > 0 ? 0 : 1,
    says: [summary.incomplete, ...changes, ...summary.remarks].filter(Boolean).join(' '),
    sent: items.map((item) => (Object.keys(item).length === 1 ? item[parameter] : item)),
    header: header.slice(0, width).join('|'),
    rows: records.map((record) => `${record.slice(0, width).join('|')} ${record[width] ?? ''}`),
    messages: records.map((record) => record[width + 1] ?? ''),
    json: await inputsOf(job),
  };
}

async function inputsOf(job: PreparedJob): Promise<string[]> {
  const lines: string[] = [];
  const nothing = (): Promise<void> => Promise.resolve();
  const sink: TextSink = {
    write: (text) => Promise.resolve(void lines.push(...text.trimEnd().split('\n'))),
    complete: nothing,
    discard: nothing,
  };
  await new RowStream(job, [sink]).complete(REST);
  return lines.map((line) => {
    lineSchema.parse(JSON.parse(line));
    return line.slice(line.indexOf('"input":') + 8, line.lastIndexOf(',"status":'));
  });
}
