import path from 'node:path';
import { Client } from '@temporalio/client';
import { createSoarRunnerClient } from '../../client/soar-runner-client.js';
import type { EnrichBatchInput, EnrichBatchResult } from '../../contracts/enrich-batch.js';
import { deduplicate } from '../../model/batch-plan.js';
import { createSoarClient } from '../../soar/client.js';
import { geolocateRequest } from '../batch/geolocate-request.js';
import type { GeolocateTarget } from '../batch/geolocate-request.js';
import { openJobRecord } from '../batch/job-record.js';
import { showProgress } from '../batch/progress.js';
import { INDICATOR_COLUMN, readIndicators } from '../batch/read-indicators.js';
import type { Indicators } from '../batch/read-indicators.js';
import { readRows } from '../batch/read-rows.js';
import { resultsTable } from '../batch/results-table.js';
import { writeResults } from '../batch/write-results.js';
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

/** The main job: enriches a CSV of addresses in one batch, writes the results, and on a terminal stays up to be looked at. */
export async function start(options: StartOptions): Promise<void> {
  const indicators = await readIndicators(options.input);
  const items = indicators.rows.map((row) => ({ ip: row[INDICATOR_COLUMN] ?? '' }));
  refuseOversize(options.input, items);
  say(`Read ${indicators.rows.length} rows from ${options.input}.`);
  const stack = await openStack(process.env, STATE_DIRECTORY);
  try {
    announce(stack);
    await runJob(stack, options, indicators, items);
    if (process.stdout.isTTY && !options.once) await untilStopped(stack);
  } finally {
    await stack.close();
  }
}

async function runJob(stack: Stack, options: StartOptions, indicators: Indicators, items: Item[]): Promise<void> {
  const soar = createSoarClient(stack.config.soar);
  try {
    const { distinct, places } = deduplicate(items);
    const request = await geolocateRequest(soar, `enrich ${path.basename(options.input)}`, options);
    const input = { request, items };
    const job = openJobRecord(STATE_DIRECTORY, input);
    const result = await runBatch(stack, job.workflowId, job.isResumed, input);
    const rows = await readRows(soar, result, distinct);
    const output = options.output ?? path.join(path.dirname(options.input), 'results.csv');
    await writeResults(output, indicators, places, rows);
    job.forget();
    say(
      resultsTable(
        distinct.map(({ ip }) => ip),
        rows,
      ),
    );
    say(totals(result, indicators.rows.length, output));
    sayLinks(stack, job.workflowId);
  } finally {
    await soar.close();
  }
}

async function runBatch(
  stack: Stack,
  workflowId: string,
  isResumed: boolean,
  input: EnrichBatchInput,
): Promise<EnrichBatchResult> {
  const client = new Client({ connection: stack.connection, namespace: stack.namespace });
  say(isResumed ? `Picking up the batch ${workflowId} where it was.` : `Starting the batch ${workflowId}.`);
  const batch = await createSoarRunnerClient(client, stack.config.taskQueue).enrichBatch(workflowId, input);
  sayLinks(stack, workflowId);
  const result = Promise.race([batch.result(), stack.workerEnded.then(brokenWorker)]);
  await showProgress(() => batch.status(), result);
  return result;
}

function brokenWorker(error: unknown): never {
  throw new Problem(
    `The worker stopped: ${String(error)}. ${STATE_DIRECTORY}/worker.log has more; start again to go on.`,
  );
}

interface Item extends Record<string, unknown> {
  readonly ip: string;
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
async function untilStopped({ workerEnded }: Stack): Promise<void> {
  say('Everything stays up for you to look at. Ctrl-C ends it; the state is kept.');
  const stopped = new Promise<void>((resolve) => {
    process.once('SIGINT', resolve).once('SIGTERM', resolve);
  });
  await Promise.race([stopped, workerEnded]);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
