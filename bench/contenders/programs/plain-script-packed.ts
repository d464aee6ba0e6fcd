/** As plain-script.ts, with the packing that `enrichBatch` does by default. Every row gets its result, the duplicates too. */
import { inParallel } from '../../../src/cli/job/in-parallel.js';
import { soarFromEnvironment } from '../../programs/environment.js';
import { serveClient } from '../../programs/serve-client.js';
import type { Job, JobOutcome, Workload } from '../../rounds/workload.js';
import { requestFor } from '../../rounds/workload.js';
import { createSoarCalls } from '../../soar/soar-calls.js';

const ITEMS_PER_RUN = 100;
const RUNS_IN_FLIGHT = 10;

const soar = createSoarCalls(soarFromEnvironment());

serveClient({ run: runPacked });

async function runPacked(workload: Workload): Promise<JobOutcome[]> {
  const distinct = new Map(workload.jobs.map((job) => [keyOf(job), job]));
  const outcomes = new Map<string, JobOutcome>();
  await inParallel(packsOf([...distinct]), RUNS_IN_FLIGHT, async (pack) => {
    for (const [key, outcome] of await runPack(workload, pack)) outcomes.set(key, outcome);
  });
  return workload.jobs.flatMap((job) => outcomes.get(keyOf(job)) ?? []);
}

type Keyed = readonly [key: string, job: Job];

async function runPack(
  workload: Workload,
  [first, ...rest]: readonly [Keyed, ...Keyed[]],
): Promise<[string, JobOutcome][]> {
  const pack = [first, ...rest];
  const actionRunId = await soar.submit(requestFor(workload, [first[1], ...rest.map(([, job]) => job)]));
  await soar.untilEnded(actionRunId, Infinity);
  const [appRunId] = await soar.appRunIds(actionRunId);
  const results = appRunId === undefined ? [] : await soar.results(appRunId);
  const seenDoneAtMs = Date.now();
  return pack.flatMap(([key], index) => {
    const result = results[index];
    return result ? [[key, { actionRunId, seenDoneAtMs, ...result }]] : [];
  });
}

function packsOf(jobs: readonly Keyed[]): [Keyed, ...Keyed[]][] {
  const packs: [Keyed, ...Keyed[]][] = [];
  for (let start = 0; start < jobs.length; start += ITEMS_PER_RUN) {
    const [first, ...rest] = jobs.slice(start, start + ITEMS_PER_RUN);
    if (first) packs.push([first, ...rest]);
  }
  return packs;
}

function keyOf({ parameters }: Job): string {
  return JSON.stringify(parameters);
}
