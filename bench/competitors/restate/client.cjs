/** Calls the service through Restate and waits for the answer; the key makes a repeated call find the first. */
require('./with-resolvers.cjs');
const clients = require('@restatedev/restate-sdk-clients');
const { serveClient } = require('../../programs/serve-client.ts');
const { requestFor, runEach } = require('../../rounds/workload.ts');
const { SERVICE } = require('./service.cjs');

const service = clients.connect({ url: process.env.BENCH_RESTATE_INGRESS }).serviceClient({ name: SERVICE });

async function runJob(workload, job, index) {
  const options = clients.Opts.from({ idempotencyKey: `${workload.id}/${index}` });
  const outcome = await service.runAction(requestFor(workload, [job]), options);
  return { ...outcome, seenDoneAtMs: Date.now() };
}

serveClient({ run: (workload) => runEach(workload, (job, index) => runJob(workload, job, index)) });
