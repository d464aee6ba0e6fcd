/** A caller of ours who streams all rows into one batch and reads the rows of its runs from SOAR while it goes on, as the CLI does. */
import { setTimeout as delay } from 'node:timers/promises';
import { inParallel } from '../../../src/cli/job/in-parallel.js';
import { PROGRESS_INTERVAL_MS } from '../../../src/cli/job/progress.js';
import { createResultsReader } from '../../../src/soar/bulk-results.js';
import { createSoarRunnerClient } from '../../../src/client/start-once.js';
import type { SoarRunnerClient } from '../../../src/client/start-once.js';
import type { BatchItem, EnrichBatchInput } from '../../../src/contracts/enrich-batch.js';
import { fromRanges } from '../../../src/model/ranges.js';
import { createSoarClient } from '../../../src/soar/client.js';
import { soarFromEnvironment } from '../../programs/environment.js';
import { serveClient } from '../../programs/serve-client.js';
import type { JobOutcome, Workload } from '../../rounds/workload.js';
import { connectToTemporal, historyOf } from './temporal-client.js';

type Batch = Awaited<ReturnType<SoarRunnerClient['enrichBatch']>>;
/** The rows by their place among the distinct items. */
type Rows = Map<number, JobOutcome>;

const ITEMS_A_PAGE = 1_000;
const CHILDREN_READ_AT_ONCE = 20;

const { url, token } = soarFromEnvironment();
const reader = createResultsReader(createSoarClient({ baseUrl: url, auth: { token } }));

async function main(): Promise<void> {
  const client = await connectToTemporal();
  const runner = createSoarRunnerClient(client);
  serveClient({
    run: (workload) => runBatch(runner, workload),
    history: (workload) => historyOf(client, workload),
  });
}

async function runBatch(runner: SoarRunnerClient, workload: Workload): Promise<JobOutcome[]> {
  const batch = await runner.enrichBatch(workload.id, inputFor(workload));
  const rows: Rows = new Map();
  const reading = inParallel(childrenOf(batch), CHILDREN_READ_AT_ONCE, (child) => readChild(batch, child, rows));
  const [places] = await Promise.all([streamItems(batch, itemsOf(workload)), reading]);
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

/** @returns for every item its place among the distinct ones */
async function streamItems(batch: Batch, items: readonly BatchItem[]): Promise<number[]> {
  const places: number[] = [];
  for (let offset = 0; offset < items.length; offset += ITEMS_A_PAGE) {
    const added = await batch.addItems(items.slice(offset, offset + ITEMS_A_PAGE), offset);
    places.push(...fromRanges(added.places, ITEMS_A_PAGE));
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

async function readChild(batch: Batch, child: number, rows: Rows): Promise<void> {
  const runs = await batch.runs(child);
  const resultsByAppRun = await reader.read(runs);
  const seenDoneAtMs = Date.now();
  for (const { items, actionRunId, appRunIds, message } of runs) {
    if (actionRunId === null) throw new Error(`a run has no results: ${message}`);
    const results = appRunIds.flatMap((id) => resultsByAppRun.get(id)?.results ?? []);
    for (const [index, place] of fromRanges(items, 1_000).entries()) {
      const read = results[index];
      if (!read || !('result' in read)) throw new Error(`action_run ${actionRunId} lacks the result of item ${place}`);
      const { status, parameter } = read.result;
      rows.set(place, { actionRunId, seenDoneAtMs, status, parameter: parameter ?? {} });
    }
  }
}

void main();
