/** DBOS is a library: the process that starts the workflows runs them. */
const { DBOS } = require('@dbos-inc/dbos-sdk');
const { serveClient } = require('../../programs/serve-client.ts');
const { requestFor } = require('../../rounds/workload.ts');
const { followUp, soar, LOOK_AGAIN_MS } = require('../follow-up.cjs');

/** Fastest on two cores of 10, 20 and 50. */
const POOL_SIZE = 20;
const RETRIED = { retriesAllowed: true, maxAttempts: 10 };

async function runAction(request) {
  const actionRunId = await DBOS.runStep(() => soar.submit(request), { name: 'submit', ...RETRIED });
  if (request.exec_delay_secs > 0) await DBOS.sleep(request.exec_delay_secs * 1_000);
  for (;;) {
    const outcome = await DBOS.runStep(() => followUp(actionRunId), { name: 'followUp', ...RETRIED });
    if (outcome !== null) return outcome;
    await DBOS.sleep(LOOK_AGAIN_MS);
  }
}

const workflow = DBOS.registerWorkflow(runAction, { name: 'runAction' });

async function run(workload) {
  return Promise.all(
    workload.jobs.map(async (job, index) => {
      const start = DBOS.startWorkflow(workflow, { workflowID: `${workload.id}/${index}` });
      const handle = await start(requestFor(workload, [job]));
      const outcome = await handle.getResult();
      return { ...outcome, seenDoneAtMs: Date.now() };
    }),
  );
}

async function main() {
  DBOS.setConfig({
    name: 'bench',
    systemDatabaseUrl: process.env.BENCH_POSTGRES_URL,
    systemDatabasePoolSize: POOL_SIZE,
    logLevel: 'error',
  });
  await DBOS.launch();
  serveClient({ run });
}

main();
