/** A job keeps how far it has come in its data, and gives its slot back while SOAR holds the action: BullMQ's pattern of "step jobs". */
const { DelayedError, Worker } = require('bullmq');
const { answerCalls } = require('../../programs/answer-calls.ts');
const { followUp, soar, LOOK_AGAIN_MS } = require('../follow-up.cjs');
const { QUEUE, connection } = require('./queue.cjs');

/** Jobs mostly wait on the network. */
const CONCURRENCY = 1_000;

async function runJob(job, token) {
  if (job.data.actionRunId === undefined) {
    const actionRunId = await soar.submit(job.data.request);
    await job.updateData({ ...job.data, actionRunId });
    const delayMs = job.data.request.exec_delay_secs * 1_000;
    if (delayMs > 0) await putOff(job, token, delayMs);
  }
  return (await followUp(job.data.actionRunId)) ?? putOff(job, token, LOOK_AGAIN_MS);
}

async function putOff(job, token, delayMs) {
  await job.moveToDelayed(Date.now() + delayMs, token);
  throw new DelayedError();
}

async function main() {
  const worker = new Worker(QUEUE, runJob, { connection: connection(), concurrency: CONCURRENCY });
  await worker.waitUntilReady();
  answerCalls({});
}

main();
