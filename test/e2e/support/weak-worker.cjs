/**
 * Controls: the worker with one safeguard taken out. The same tests that the product passes must be seen to fail with it.
 *
 *   plain-post  POSTs again whenever an answer is lost, never looks the tag up
 */
const { setTimeout: delay } = require('node:timers/promises');
const { Client } = require('@temporalio/client');
const { loadClientConnectConfig } = require('@temporalio/envconfig');
const { DefaultLogger, NativeConnection, Runtime, Worker } = require('@temporalio/worker');
const { createActivities } = require('../../../dist/activities/index.js');
const { validateRun } = require('../../../dist/activities/validate-input.js');
const { readConfig } = require('../../../dist/config/read-config.js');
const { requestOf } = require('../../../dist/model/batch/batch-item.js');
const { groupedTag, taggedName } = require('../../../dist/model/submission-tag.js');
const { createSoarClient } = require('../../../dist/soar/client.js');
const { createRunStatusLoader } = require('../../../dist/soar/run-status-loader.js');
const { createTemporalView } = require('../../../dist/worker/temporal-view.js');

/** Repeats a call until it has an answer: what a plain retry does. */
async function again(call) {
  for (;;) {
    try {
      return await call();
    } catch {
      await delay(200);
    }
  }
}

/** The request with the tag in its name: without it SOAR's run would not be taken for ours. */
const named = (request, tag) => ({ ...request, name: taggedName(request.name, tag) });

const WEAKENED = {
  'plain-post': (soar) => ({
    submitActionRun: async ({ request, options, tag }) => {
      const checked = { options: validateRun({ request, options }), origin: soar.origin };
      const { action_run_id, message } = await again(() => soar.runAction(named(request, tag)));
      return {
        actionRunId: action_run_id,
        message,
        url: soar.actionRunPage(request.container_id, action_run_id),
        checked,
      };
    },
    submitActionRuns: async ({ request, runs, indices, tag }) => ({
      posted: await Promise.all(
        runs.map(async ({ target, parameters }, at) => {
          const body = named(requestOf(request, target, parameters), groupedTag(tag, indices[at]));
          const { action_run_id } = await again(() => soar.runAction(body));
          return { kind: 'submitted', index: indices[at], actionRunId: action_run_id, atMs: Date.now() };
        }),
      ),
      problem: null,
    }),
    findActionRuns: async () => [],
    findGroupRuns: async () => [],
  }),
};

async function main() {
  Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });
  const config = readConfig(process.env);
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const connection = await NativeConnection.connect(connectionOptions);
  const soar = createSoarClient(config.soar);
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: config.taskQueue,
    workflowBundle: { codePath: require.resolve('../../../dist/workflow-bundle.js') },
    activities: {
      ...createActivities({
        soar,
        loader: createRunStatusLoader(soar),
        temporal: createTemporalView(new Client({ connection, namespace }), config.taskQueue),
      }),
      ...WEAKENED[process.argv[2]](soar),
    },
    maxConcurrentActivityTaskExecutions: 500,
  });
  process.stdout.write('worker started\n');
  await worker.run();
}

main();
