/** Adds the jobs in bulk and hears of their ends by one stream of events. */
const { Queue, QueueEvents } = require('bullmq');
const { serveClient } = require('../../programs/serve-client.ts');
const { requestFor } = require('../../rounds/workload.ts');
const { QUEUE, connection } = require('./queue.cjs');

async function main() {
  const queue = new Queue(QUEUE, { connection: connection() });
  const events = new QueueEvents(QUEUE, { connection: connection() });
  const waiting = new Map();
  events.on('completed', ({ jobId, returnvalue }) => {
    waiting.get(jobId)?.resolve({ ...returnvalue, seenDoneAtMs: Date.now() });
  });
  events.on('failed', ({ jobId, failedReason }) => waiting.get(jobId)?.reject(new Error(failedReason)));
  await events.waitUntilReady();

  async function run(workload) {
    const jobs = workload.jobs.map((job, index) => ({
      name: 'action',
      data: { request: requestFor(workload, [job]) },
      opts: { jobId: `${workload.id}-${index}` },
    }));
    const outcomes = jobs.map(
      ({ opts }) => new Promise((resolve, reject) => waiting.set(opts.jobId, { resolve, reject })),
    );
    await queue.addBulk(jobs);
    return Promise.all(outcomes);
  }

  serveClient({ run });
}

main();
