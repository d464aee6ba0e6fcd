// Every call of docs/calling.md from Node, with the client library.
import process from 'node:process';
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

said.rows = { rows: [], next: null };
for await (const row of run.rows()) said.rows.rows.push(row);
process.stdout.write(`${JSON.stringify(said)}\n`);
await soar.close();
