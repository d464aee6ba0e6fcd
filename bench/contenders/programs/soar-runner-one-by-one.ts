/** A caller of ours who has a `runAction` for each row, and takes the results from the workflows. */
import { createSoarRunnerClient } from '../../../src/client/soar-runner.js';
import { serveClient } from '../../programs/serve-client.js';
import { requestFor, runEach } from '../../rounds/workload.js';
import type { Job, JobOutcome, Workload } from '../../rounds/workload.js';
import { connectToTemporal, historyOf } from './temporal-client.js';

async function main(): Promise<void> {
  const client = await connectToTemporal();
  const runner = createSoarRunnerClient(client);

  async function runJob(workload: Workload, job: Job, index: number): Promise<JobOutcome> {
    const run = await runner.runAction(`${workload.id}/${index}`, requestFor(workload, [job]));
    const { actionRunId, appRuns, message } = await run.result();
    const result = appRuns[0]?.results?.[0];
    if (actionRunId === null || !result) throw new Error(`row ${index} has no result: ${message}`);
    return { actionRunId, seenDoneAtMs: Date.now(), status: result.status, parameter: result.parameter ?? {} };
  }

  serveClient({
    run: (workload) => runEach(workload, (job, index) => runJob(workload, job, index)),
    history: (workload) => historyOf(client, workload),
  });
}

void main();
