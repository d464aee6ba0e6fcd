import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { SoarClient } from '../../soar/client.js';
import { UserError } from '../errors.js';
import { indicatorColumn } from '../input/row.js';
import type { Ending } from '../job/follow-batch.js';
import type { PreparedJob } from '../job/prepare.js';
import { nameOf } from '../job/spec.js';
import { csvText, tableColumns } from './csv.js';
import { checkOutput, openOutputFile, standardOutput, writeOutputFile } from './files.js';
import type { TextSink } from './files.js';
import { reportHtml } from './report.js';
import type { ReportHead } from './report.js';
import { outputRows } from './rows.js';
import type { JobRows, NoResult } from './rows.js';
import type { RowStream } from './stream.js';
import { resultsTable, summarize } from './rows-summary.js';
import type { Summary } from './rows-summary.js';
import { counted, itemsText } from '../../model/text.js';

/** The name of standard output among the outputs. */
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

/** Refuses outputs that cannot be written, before anything is started. @throws UserError that says why */
export async function checkOutputs(outputs: readonly string[], input: string | undefined): Promise<void> {
  const source = input === undefined ? undefined : await realPathOf(input);
  const taken = new Set<string>();
  for (const output of outputs) {
    formatOf(output);
    const place = output === STANDARD_OUTPUT ? output : await realPathOf(output);
    if (input !== undefined && place === source)
      throw new UserError(`The results would overwrite ${input}: name another file with --output.`, 2);
    if (taken.has(place)) throw new UserError(`${output} is named twice.`, 2);
    taken.add(place);
    if (output !== STANDARD_OUTPUT) await checkOutput(output);
  }
}

/** Follows links, also in the folder of a file that does not exist yet. */
async function realPathOf(file: string): Promise<string> {
  const folder = await realpath(path.dirname(file)).catch(() => path.resolve(path.dirname(file)));
  return realpath(file).catch(() => path.join(folder, path.basename(file)));
}

/** Opens the outputs that take rows while the batch runs. */
export function openStreamed(outputs: readonly string[], jobId: string): Promise<TextSink[]> {
  const streamed = outputs.filter((output) => formatOf(output) === 'jsonl');
  return Promise.all(
    streamed.map(async (output) => (output === STANDARD_OUTPUT ? standardOutput() : openOutputFile(output, jobId))),
  );
}

/** Where a batch ran, for the links. */
export interface BatchPlace {
  readonly soar: SoarClient;
  readonly workflowId: string;
  /** The workflow in the Temporal UI, if that is known. */
  readonly uiUrl?: string;
  /** ISO 8601. */
  readonly startTime?: string | undefined;
}

/** How a job ended. */
export interface Finished {
  /** Rows that have a result. */
  readonly succeeded: number;
  /** Why the batch failed, if it did. The results say so of every row that has none. */
  readonly broken?: string;
  /** Why a part of the input was not read, if it was not. */
  readonly incomplete?: string;
}

/** Writes the results of a job whose batch has ended, and says what they are. @throws UserError if a file cannot be written */
export async function finishJob(
  job: PreparedJob,
  ending: Ending,
  stream: RowStream | undefined,
  place: BatchPlace,
  say: (text: string) => void,
): Promise<Finished> {
  const { spec, folder, input, results } = job;
  const { columns } = job.summary;
  const noResult = noResultOf(ending);
  const rows: JobRows = () => outputRows(input, results, columns.length, noResult);
  const summary = await summarize(rows);
  const table = tableColumns(columns, summary.fields);
  const head = reportHead(job, ending, place);
  for (const output of spec.outputs) {
    const format = formatOf(output);
    if (format === 'csv') await writeOutputFile(output, folder.id, csvText(rows, table));
    if (format === 'html') await writeOutputFile(output, folder.id, reportHtml(rows, table, summary, head));
  }
  await stream?.complete(noResult);
  const indicator = indicatorColumn(spec.mapping).toLowerCase();
  const index = columns.findIndex((name) => name.toLowerCase() === indicator);
  say(resultsTable(summary, columns, Math.max(0, index), process.stdout.columns));
  say(totals(job, summary, ending));
  const files = spec.outputs.filter((output) => output !== STANDARD_OUTPUT);
  if (files.length > 0) say(`${summary.rows} rows written to ${new Intl.ListFormat('en').format(files)}`);
  if (place.uiUrl) say(`Temporal UI: ${place.uiUrl}`);
  const succeeded = summary.byStatus.success + summary.byStatus.reused;
  return ending.outcome === 'broken' ? { succeeded, broken: ending.reason } : { succeeded };
}

function noResultOf(ending: Ending): NoResult {
  if (ending.outcome === 'cancelled')
    return { status: 'cancelled', message: 'The batch was cancelled before this one was run.' };
  if (ending.outcome === 'broken') return { status: 'failed', message: `The batch failed: ${ending.reason}` };
  return { status: 'failed', message: 'The batch has no result for this one.' };
}

function totals({ summary: { distinct, changes } }: PreparedJob, { rows, byStatus }: Summary, ending: Ending): string {
  const { success, reused, failed } = byStatus;
  const others = (['unread', 'gone', 'cancelled', 'invalid', 'skipped'] as const).filter((name) => byStatus[name] > 0);
  const counts = [
    `${success + reused} succeeded${reused > 0 ? ` (${reused} reused)` : ''}`,
    `${failed} failed`,
    ...others.map((name) => `${byStatus[name]} ${name}`),
    ...Object.entries(changes).map(([change, count]) => `${count} ${change}`),
  ];
  return `${counted(rows, 'row')}, ${itemsText(distinct)}: ${counts.join(', ')}; ${batchTotals(ending)}.`;
}

function batchTotals(ending: Ending): string {
  if (ending.outcome === 'nothing') return 'nothing to run';
  if (ending.outcome === 'broken') return `batch failed: ${ending.reason}`;
  const runs = ending.runs.length + ending.runsOmitted;
  return `${runs} SOAR action_run${runs === 1 ? '' : 's'}; batch ${ending.outcome}`;
}

/** The report is sent on: it links to SOAR's own pages, and to nothing on this machine. */
function reportHead({ spec }: PreparedJob, ending: Ending, { soar, workflowId, startTime }: BatchPlace): ReportHead {
  const { action, asset, container } = spec.target;
  const isOneContainer = !spec.mapping.perRow.includes('container_id');
  const runUrl = isOneContainer ? soar.actionRunPage(container, 0)?.replace(/0$/, '') : undefined;
  const timeOf = (iso: string): string => `${iso.slice(0, 19).replace('T', ' ')} UTC`;
  const facts = [
    { name: 'Input', value: nameOf(spec.source) },
    { name: 'Asset', value: asset },
    { name: 'Container', value: container },
    ...(startTime ? [{ name: 'Started', value: timeOf(startTime) }] : []),
    { name: 'Finished', value: timeOf(new Date().toISOString()) },
    { name: 'Batch', value: workflowId },
    { name: 'Runs', value: batchTotals(ending) },
  ];
  return { title: `${action}: ${nameOf(spec.source)}`, facts, runUrl };
}
