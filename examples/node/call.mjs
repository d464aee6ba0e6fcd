// Every call of docs/calling.md from Node, with the client library.
import process from 'node:process';
import { setImmediate } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { InvalidInput, SoarRunner } from 'soar-runner';

const [key] = process.argv.slice(2);
const soar = await SoarRunner.connect({
  address: process.env.TEMPORAL_ADDRESS,
  taskQueue: process.env.TEMPORAL_TASK_QUEUE,
});
const request = (parameters) => ({
  action: 'simulate',
  container_id: 1,
  name: 'from Node',
  targets: [{ app_id: 2, assets: ['lab'], parameters: [parameters] }],
});
const said = {};

const run = await soar.runAction(key, request({ message: 'hello' }));
said.result = await run.result();

// The key has had its run: the same request is given its result.
const again = await soar.runAction(key, request({ message: 'hello' }));
said.again = (await again.result()).actionRunId === said.result.actionRunId ? 'already run' : 'run twice';

const slow = await soar.runAction(`${key}-slow`, request({ seconds: 600 }));
said.status = await slow.status();
await slow.cancel('not needed');
said.cancelled = await slow.result();

try {
  await soar.runAction(`${key}-wrong`, { ...request({}), execDelaySecs: 5 });
} catch (error) {
  if (!(error instanceof InvalidInput)) throw error;
  said.wrong = { type: error.code, message: error.message };
}

const items = [{ message: 'a' }, { message: 'b' }];
const ofBatch = { ...request({}), targets: [{ app_id: 2, assets: ['lab'] }] };
const batch = await soar.enrichBatch(`${key}-batch`, { request: ofBatch, items });
said.rows = { rows: [], next: null };
for await (const row of batch.rows()) said.rows.rows.push(row);
said.batch = await batch.result();
said.taken = await batch.status();
await soar.close();

// Schedules are Temporal's own.
const client = new Client({ connection: await Connection.connect({ address: process.env.TEMPORAL_ADDRESS }) });
const schedule = await client.schedule.create({
  scheduleId: `${key}-schedule`,
  spec: { intervals: [{ every: '1 day' }] },
  action: {
    type: 'startWorkflow',
    workflowType: 'runAction',
    workflowId: `${key}-scheduled`,
    taskQueue: process.env.TEMPORAL_TASK_QUEUE ?? 'soar-runner',
    args: [request({ message: 'hello' })],
  },
  state: { triggerImmediately: true },
});
let fired;
while (!(fired = (await schedule.describe()).info.recentActions[0])) await setImmediate();
said.scheduled = await client.workflow.getHandle(fired.action.workflow.workflowId).result();
await schedule.delete();
await client.connection.close();
process.stdout.write(`${JSON.stringify(said)}\n`);
