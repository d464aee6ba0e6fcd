import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../errors.js';
import { csvText } from './csv.js';
import { checkOutput, openOutputFile, writeOutputFile } from './files.js';
import type { TextSink } from './files.js';
import type { JobRows } from './rows.js';
import { reportHtml } from './report.js';
import type { ReportHead } from './report.js';
import { standardOutput } from './standard-output.js';
import type { Summary } from './summary.js';

/** The name that stands for standard output. */
export const STANDARD_OUTPUT = '-';

const FORMATS: Readonly<Record<string, 'csv' | 'jsonl' | 'html'>> = {
  '.csv': 'csv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.html': 'html',
  '.htm': 'html',
};

function formatOf(output: string): 'csv' | 'jsonl' | 'html' {
  const format = output === STANDARD_OUTPUT ? 'jsonl' : FORMATS[path.extname(output).toLowerCase()];
  if (format) return format;
  throw new UserError(`The name of ${output} must end in .csv, .jsonl or .html: it tells what is written.`, 2);
}

/** Refuses outputs that cannot be, before anything is done. @throws UserError that says why */
export async function checkOutputs(outputs: readonly string[], input: string | undefined): Promise<void> {
  const source = input === undefined ? undefined : await placeOf(input);
  const taken = new Set<string>();
  for (const output of outputs) {
    formatOf(output);
    const place = output === STANDARD_OUTPUT ? output : await placeOf(output);
    if (input !== undefined && place === source)
      throw new UserError(`The results would overwrite ${input}: name another file with --output.`, 2);
    if (taken.has(place)) throw new UserError(`${output} is named twice.`, 2);
    taken.add(place);
    if (output !== STANDARD_OUTPUT) await checkOutput(output);
  }
}

/** Where a file lies, whatever links lead to it. One that is not there yet lies where it is named. */
async function placeOf(file: string): Promise<string> {
  const folder = await realpath(path.dirname(file)).catch(() => path.resolve(path.dirname(file)));
  return realpath(file).catch(() => path.join(folder, path.basename(file)));
}

/** Opens those of the outputs that take rows while the batch goes on. */
export function openStreamed(outputs: readonly string[], mark: string): Promise<TextSink[]> {
  const streamed = outputs.filter((output) => formatOf(output) === 'jsonl');
  return Promise.all(streamed.map((output) => openSink(output, mark)));
}

async function openSink(output: string, mark: string): Promise<TextSink> {
  return output === STANDARD_OUTPUT ? standardOutput() : openOutputFile(output, mark);
}

/** Writes those that are made when the batch has ended. @throws UserError where one cannot be written */
export async function writeOutputs(
  outputs: readonly string[],
  mark: string,
  rows: JobRows,
  summary: Summary,
  head: ReportHead,
): Promise<void> {
  for (const output of outputs) {
    const format = formatOf(output);
    if (format === 'csv') await writeOutputFile(output, mark, csvText(rows, summary.fields));
    if (format === 'html') await writeOutputFile(output, mark, reportHtml(rows, summary, head));
  }
}
