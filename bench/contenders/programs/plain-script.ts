/** A job is: POST, wait out the delay, look until it has ended, fetch app_runs and results. All of it in memory. */
import { setTimeout as delay } from 'node:timers/promises';
import { soarFromEnvironment } from '../../programs/environment.js';
import { serveClient } from '../../programs/serve-client.js';
import type { Job, JobOutcome, Workload } from '../../rounds/workload.js';
import { requestFor, runEach } from '../../rounds/workload.js';
import { createSoarCalls } from '../../soar/soar-calls.js';

const soar = createSoarCalls(soarFromEnvironment());

serveClient({ run: (workload) => runEach(workload, (job) => runJob(workload, job)) });

async function runJob(workload: Workload, job: Job): Promise<JobOutcome> {
  const actionRunId = await soar.submit(requestFor(workload, [job]));
  await delay(workload.execDelaySecs * 1_000);
  await soar.untilEnded(actionRunId, Infinity);
  const [appRunId] = await soar.appRunIds(actionRunId);
  const [result] = appRunId === undefined ? [] : await soar.results(appRunId);
  if (!result) throw new Error(`action_run ${actionRunId} has no result`);
  return { actionRunId, seenDoneAtMs: Date.now(), ...result };
}
