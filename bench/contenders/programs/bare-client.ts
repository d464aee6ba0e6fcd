/** Starts a bare workflow for each row and waits for its result. */
import { serveClient } from '../../programs/serve-client.js';
import { requestFor, runEach } from '../../rounds/workload.js';
import type { Job, JobOutcome, Workload } from '../../rounds/workload.js';
import { BARE_TASK_QUEUE } from './bare-names.js';
import type { bareAction } from './bare-workflow.js';
import { connectToTemporal, historyOf } from './temporal-client.js';

async function main(): Promise<void> {
  const client = await connectToTemporal();

  async function runJob(workload: Workload, job: Job, index: number): Promise<JobOutcome> {
    const { actionRunId, results } = await client.workflow.execute<typeof bareAction>('bareAction', {
      workflowId: `${workload.id}/${index}`,
      taskQueue: BARE_TASK_QUEUE,
      args: [requestFor(workload, [job])],
    });
    const [result] = results;
    if (!result) throw new Error(`action_run ${actionRunId} has no result`);
    return { actionRunId, seenDoneAtMs: Date.now(), ...result };
  }

  serveClient({
    run: (workload) => runEach(workload, (job, index) => runJob(workload, job, index)),
    history: (workload) => historyOf(client, workload),
  });
}

void main();
