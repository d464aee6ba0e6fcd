import type { SoarClient } from '../../soar/client.js';
import type { Screen } from '../screen.js';
import { nameOf } from '../job/spec.js';
import type { PreparedJob } from '../job/prepare.js';
import type { ItemRow } from '../job/item-row.js';
import type { Ending } from '../job/follow-batch.js';
import type { JobRows } from './rows.js';
import { outputRows } from './rows.js';
import { STANDARD_OUTPUT, writeOutputs } from './outputs.js';
import type { ReportHead } from './report.js';
import { resultsTable } from './results-table.js';
import type { RowStream } from './stream.js';
import { summarize } from './summary.js';
import type { Summary } from './summary.js';

/** Where a batch ran, for the links. */
export interface BatchPlace {
  readonly soar: SoarClient;
  readonly workflowId: string;
  /** The workflow in the Temporal UI, where that is known. */
  readonly uiUrl?: string;
  /** ISO 8601. */
  readonly startTime?: string | undefined;
}

/** What a finished job comes to. */
export interface Finished {
  /** Rows that have a result. */
  readonly succeeded: number;
  /** Why the batch broke off, where it did: the results say so of every row that has none. */
  readonly broken?: string;
}

/** Writes the results of a job whose batch has ended, and says what they come to. @throws UserError where a file cannot be written */
export async function finishJob(
  job: PreparedJob,
  ending: Ending,
  stream: RowStream | undefined,
  place: BatchPlace,
  screen: Screen,
): Promise<Finished> {
  const { spec, folder } = job;
  const rest = withoutResult(ending);
  const rows = rowsOf(job, rest);
  const summary = await summarize(rows);
  await writeOutputs(spec.outputs, folder.id, rows, summary, reportHead(job, ending, place));
  await stream?.complete(rest);
  screen.say(resultsTable(summary, job.summary.columns, indicatorPlace(job)));
  screen.say(totals(job, summary, ending));
  const files = spec.outputs.filter((output) => output !== STANDARD_OUTPUT);
  if (files.length > 0) screen.say(`${summary.rows} rows written to ${new Intl.ListFormat('en').format(files)}`);
  if (place.uiUrl) screen.say(`Temporal UI: ${place.uiUrl}`);
  const succeeded = summary.byStatus.success + summary.byStatus.reused;
  return ending.outcome === 'broken' ? { succeeded, broken: ending.reason } : { succeeded };
}

function rowsOf({ input, results, summary }: PreparedJob, rest: Pick<ItemRow, 'status' | 'message'>): JobRows {
  const { columns } = summary;
  return { columns, all: () => outputRows(input, results, columns.length, rest) };
}

/** What to say of a row that no run has a result for. */
function withoutResult(ending: Ending): Pick<ItemRow, 'status' | 'message'> {
  if (ending.outcome === 'cancelled')
    return { status: 'cancelled', message: 'The batch was cancelled before this one was run.' };
  if (ending.outcome === 'broken') return { status: 'failed', message: `The batch failed: ${ending.reason}` };
  return { status: 'failed', message: 'The batch has no result for this one.' };
}

function indicatorPlace({ spec, summary }: PreparedJob): number {
  const wanted = (spec.mapping.column ?? spec.mapping.parameter).toLowerCase();
  return Math.max(
    0,
    summary.columns.findIndex((name) => name.toLowerCase() === wanted),
  );
}

function totals({ summary: { distinct } }: PreparedJob, { rows, byStatus }: Summary, ending: Ending): string {
  const { success, reused, failed, cancelled, invalid } = byStatus;
  const counts = [
    `${success + reused} succeeded${reused > 0 ? ` (${reused} reused)` : ''}`,
    `${failed} failed`,
    ...(cancelled > 0 ? [`${cancelled} cancelled`] : []),
    ...(invalid > 0 ? [`${invalid} invalid`] : []),
  ];
  return `${rows} rows, ${distinct} different items: ${counts.join(', ')}; ${batchTotals(ending)}.`;
}

function batchTotals(ending: Ending): string {
  if (ending.outcome === 'nothing') return 'nothing to run';
  if (ending.outcome === 'broken') return `batch failed: ${ending.reason}`;
  const runs = ending.runs.length + ending.runsOmitted;
  return `${runs} SOAR action_run${runs === 1 ? '' : 's'}; batch ${ending.outcome}`;
}

function reportHead({ spec }: PreparedJob, ending: Ending, place: BatchPlace): ReportHead {
  const { soar, workflowId, uiUrl, startTime } = place;
  const { action, asset, container } = spec.target;
  const facts = [
    { name: 'Input', value: nameOf(spec.source) },
    { name: 'Asset', value: asset },
    { name: 'Container', value: container },
    ...(startTime ? [{ name: 'Started', value: shownTime(startTime) }] : []),
    { name: 'Finished', value: shownTime(new Date().toISOString()) },
    { name: 'Batch', value: workflowId, link: uiUrl },
    { name: 'Runs', value: batchTotals(ending) },
  ];
  return { title: `${action}: ${nameOf(spec.source)}`, facts, runUrl: soar.actionRunUrl(0).replace(/0$/, '') };
}

function shownTime(iso: string): string {
  return `${iso.slice(0, 19).replace('T', ' ')} UTC`;
}
