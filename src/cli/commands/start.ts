import path from 'node:path';
import { Client, WorkflowFailedError } from '@temporalio/client';
import { createSoarRunnerClient } from '../../client/soar-runner-client.js';
import type { EnrichBatchInput, EnrichBatchResult } from '../../contracts/enrich-batch.js';
import { deduplicate } from '../../model/batch-plan.js';
import { createSoarClient } from '../../soar/client.js';
import { geolocateRequest } from '../batch/geolocate-request.js';
import type { GeolocateTarget } from '../batch/geolocate-request.js';
import { openJobRecord } from '../batch/job-record.js';
import type { JobRecord } from '../batch/job-record.js';
import { showProgress } from '../batch/progress.js';
import { readIndicators } from '../batch/read-indicators.js';
import type { Indicators } from '../batch/read-indicators.js';
import { readRows } from '../batch/read-rows.js';
import { resultsTable } from '../batch/results-table.js';
import { checkOutput, writeResults } from '../batch/write-results.js';
import { Problem } from '../problem.js';
import { openStack } from '../stack/stack.js';
import type { Stack } from '../stack/stack.js';

/** Options of `npm start`. */
export interface StartOptions extends GeolocateTarget {
  readonly input: string;
  readonly output?: string;
  readonly once?: true;
}

const STATE_DIRECTORY = '.soar-runner';

/** A workflow's input is one payload of at most 2 MiB. */
const MAX_ITEMS_BYTES = 1_800_000;

/**
 * The main job: enriches a CSV of addresses in one batch, writes the results, and on a terminal stays up to be looked at.
 *
 * @throws Problem where the input, the output or the batch is not what it must be, and when Ctrl-C comes before the end
 */
export async function start(options: StartOptions): Promise<void> {
  const indicators = await readIndicators(options.input);
  const items = indicators.addresses.map((ip) => ({ ip }));
  refuseOversize(options.input, items);
  const output = outputOf(options);
  await checkOutput(output);
  say(`Read ${items.length} rows from ${options.input}.`);
  const interrupted = untilInterrupted();
  const stack = await openStack(process.env, STATE_DIRECTORY);
  try {
    announce(stack);
    const job = { indicators, items, output };
    await Promise.race([runJob(stack, options, job), interrupted.then(giveUp)]);
    if (process.stdout.isTTY && !options.once) await untilStopped(stack, interrupted);
    await stack.connection.close();
  } finally {
    await stack.close();
  }
}

interface Item extends Record<string, unknown> {
  readonly ip: string;
}

interface Job {
  readonly indicators: Indicators;
  readonly items: Item[];
  readonly output: string;
}

async function runJob(stack: Stack, options: StartOptions, { indicators, items, output }: Job): Promise<void> {
  const soar = createSoarClient(stack.config.soar);
  try {
    const { distinct, places } = deduplicate(items);
    const request = await geolocateRequest(soar, `enrich ${path.basename(options.input)}`, options);
    const input = { request, items };
    const record = openJobRecord(STATE_DIRECTORY, input);
    const result = await runBatch(stack, record, input);
    const rows = await readRows(soar, result, distinct);
    await writeResults(output, indicators, places, rows);
    record.forget();
    say(
      resultsTable(
        distinct.map(({ ip }) => ip),
        rows,
      ),
    );
    say(totals(result, items.length, output));
    sayLinks(stack, record.workflowId);
  } finally {
    await soar.close();
  }
}

async function runBatch(stack: Stack, record: JobRecord, input: EnrichBatchInput): Promise<EnrichBatchResult> {
  const { workflowId, isResumed } = record;
  const client = new Client({ connection: stack.connection, namespace: stack.namespace });
  say(isResumed ? `Picking up the batch ${workflowId} where it was.` : `Starting the batch ${workflowId}.`);
  const batch = await createSoarRunnerClient(client, stack.config.taskQueue).enrichBatch(workflowId, input);
  sayLinks(stack, workflowId);
  const result = Promise.race([batch.result(), stack.workerEnded.then(brokenWorker)]);
  try {
    await showProgress(() => batch.status(), result);
    return await result;
  } catch (error) {
    throw error instanceof WorkflowFailedError ? failedBatch(record, error) : error;
  }
}

/** A failed workflow will not go on: the next start is a new batch. */
function failedBatch(record: JobRecord, error: WorkflowFailedError): Problem {
  record.forget();
  let reason: Error = error;
  while (reason.cause instanceof Error) reason = reason.cause;
  return new Problem(`The batch ${record.workflowId} failed: ${reason.message}`);
}

function brokenWorker(error: unknown): never {
  throw new Problem(
    `The worker stopped: ${String(error)}. ${STATE_DIRECTORY}/worker.log has more; start again to go on.`,
  );
}

/** By default `results.csv` beside the input. */
function outputOf({ input, output = path.join(path.dirname(input), 'results.csv') }: StartOptions): string {
  if (path.resolve(output) !== path.resolve(input)) return output;
  throw new Problem(`The results would overwrite ${input}: name another file with --output.`, 2);
}

function refuseOversize(file: string, items: readonly Item[]): void {
  const bytes = Buffer.byteLength(JSON.stringify(items));
  if (bytes <= MAX_ITEMS_BYTES) return;
  const share = Math.floor((items.length * MAX_ITEMS_BYTES) / bytes);
  throw new Problem(
    `${file} has ${items.length} rows, more than one batch takes; split it into files of at most ${share} rows.`,
  );
}

function announce({ soarUrl, uiUrl, connection }: Stack): void {
  say(
    `SOAR ${soarUrl}, Temporal ${connection.options.address}${uiUrl ? `, Temporal UI ${uiUrl}` : ''}; logs in ${STATE_DIRECTORY}/.`,
  );
}

function totals(
  { total, distinct, succeeded, failed, runs, outcome }: EnrichBatchResult,
  rows: number,
  output: string,
): string {
  const counts = `${total} rows, ${distinct} different addresses: ${succeeded} succeeded, ${failed} failed`;
  return `${counts}; ${runs.length} SOAR action_runs; batch ${outcome}.\n${rows} rows written to ${output}`;
}

function sayLinks({ uiUrl, namespace }: Stack, workflowId: string): void {
  if (uiUrl) say(`Temporal UI: ${uiUrl}/namespaces/${namespace}/workflows/${workflowId}`);
}

/** Until Ctrl-C, or until the worker breaks. */
async function untilStopped({ workerEnded }: Stack, interrupted: Promise<void>): Promise<void> {
  say('Everything stays up for you to look at. Ctrl-C ends it; the state is kept.');
  await Promise.race([interrupted, workerEnded]);
}

/** The first signal only: a second one ends the process at once. */
function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        resolve();
      });
    }
  });
}

function giveUp(): never {
  throw new Problem('Stopped before the batch was done; start again to go on.');
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
