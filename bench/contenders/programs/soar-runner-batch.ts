/** A caller of ours who streams all rows into one batch and reads the rows of its runs from SOAR while it goes on, as the CLI does. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { inParallel } from '../../../src/cli/job/in-parallel.js';
import { PROGRESS_INTERVAL_MS } from '../../../src/cli/job/progress.js';
import { placedRuns } from '../../../src/client/batch-handle.js';
import { createSoarRunnerClient } from '../../../src/client/soar-runner.js';
import type { SoarRunner } from '../../../src/client/soar-runner.js';
import type { BatchItem, EnrichBatchInput } from '../../../src/contracts/enrich-batch.js';
import { canonicalJson } from '../../../src/model/json.js';
import { fromRanges } from '../../../src/model/batch/ranges.js';
import { contentsOf, toRead } from '../../../src/rows/contents.js';
import { createResultsReader } from '../../../src/rows/our-results.js';
import { createSoarClient } from '../../../src/soar/client.js';
import { ownPatience } from '../../../src/soar/lasting.js';
import { soarFromEnvironment } from '../../programs/environment.js';
import { serveClient } from '../../programs/serve-client.js';
import type { JobOutcome, Workload } from '../../rounds/workload.js';
import { connectToTemporal, historyOf } from './temporal-client.js';

type Batch = Awaited<ReturnType<SoarRunner['enrichBatch']>>;
/** The rows by their place among the distinct items. */
type Rows = Map<number, JobOutcome>;

const ITEMS_A_PAGE = 1_000;
const CHILDREN_READ_AT_ONCE = 20;

const { url, token } = soarFromEnvironment();
const reader = createResultsReader(createSoarClient({ baseUrl: url, auth: { token } }), ownPatience);

async function main(): Promise<void> {
  const client = await connectToTemporal();
  const runner = createSoarRunnerClient(client);
  serveClient({
    run: (workload) => runBatch(client, runner, workload),
    history: (workload) => historyOf(client, workload),
  });
}

async function runBatch(client: Client, runner: SoarRunner, workload: Workload): Promise<JobOutcome[]> {
  const batch = await runner.enrichBatch(workload.id, inputFor(workload));
  const rows: Rows = new Map();
  const items = itemsOf(workload);
  const given = distinct(items);
  const read = (child: number) => readChild(client, `${workload.id}/${child}`, given, rows);
  const reading = inParallel(childrenOf(batch), CHILDREN_READ_AT_ONCE, read);
  const [places] = await Promise.all([streamItems(batch, items), reading]);
  return places.flatMap((place) => rows.get(place) ?? []);
}

function inputFor(workload: Workload): EnrichBatchInput {
  const { action, appId, asset, execDelaySecs, jobs } = workload;
  return {
    request: {
      action,
      container_id: jobs[0]?.containerId ?? 1,
      name: 'bench',
      exec_delay_secs: execDelaySecs,
      targets: [{ app_id: appId, assets: [asset] }],
    },
    streamed: true,
    ...(hasManyContainers(workload) ? { requestFields: ['container_id'] } : {}),
  };
}

function itemsOf(workload: Workload): BatchItem[] {
  const withContainer = hasManyContainers(workload);
  return workload.jobs.map(({ containerId, parameters }) =>
    withContainer ? { container_id: containerId, ...parameters } : parameters,
  );
}

function hasManyContainers({ jobs }: Workload): boolean {
  return new Set(jobs.map(({ containerId }) => containerId)).size > 1;
}

/** The parameters by the places that the batch gives them: a repeated item has that of the first. */
function distinct(items: readonly BatchItem[]): BatchItem[] {
  const unique = new Map(items.map((item) => [canonicalJson(item), item]));
  return [...unique.values()].map(({ container_id, ...parameters }) => parameters);
}

/** @returns for every item its place among the distinct ones */
async function streamItems(batch: Batch, items: readonly BatchItem[]): Promise<number[]> {
  const places: number[] = [];
  for (let offset = 0; offset < items.length; offset += ITEMS_A_PAGE) {
    const sent = items.slice(offset, offset + ITEMS_A_PAGE);
    places.push(...fromRanges((await batch.addItems(sent, offset)).places, ITEMS_A_PAGE));
  }
  await batch.close();
  return places;
}

/** The numbers of the batch's children, as they are started. */
async function* childrenOf(batch: Batch): AsyncGenerator<number> {
  for (let next = 0; ;) {
    const { childrenStarted, closed, itemsWaiting, runsInFlight } = await batch.status();
    while (next < childrenStarted) yield next++;
    if (closed && itemsWaiting === 0 && runsInFlight === 0) return;
    await delay(PROGRESS_INTERVAL_MS);
  }
}

async function readChild(client: Client, child: string, given: readonly BatchItem[], rows: Rows): Promise<void> {
  const runs = await placedRuns(client, child);
  const all = await reader.read(runs.map(toRead));
  const seenDoneAtMs = Date.now();
  for (const [at, run] of runs.entries()) {
    const items = run.places.map((place) => given[place] ?? {});
    for (const [index, content] of contentsOf(run, items, all[at] ?? { appRuns: [] }).entries()) {
      const [result] = content.results;
      const { actionRunId } = content;
      if (!result || actionRunId === null) throw new Error(`an item has no result: ${content.message}`);
      const parameter = result.parameter ?? {};
      rows.set(run.places[index] ?? -1, { actionRunId, seenDoneAtMs, status: result.status, parameter });
    }
  }
}

void main();
