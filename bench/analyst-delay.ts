/**
 * How long an analyst's single action waits for SOAR while a batch of 10,000 items is at work: from its start to its POST.
 * Once with the worker's own settings; once with ten slots and a SOAR that takes 50 ms for everything, so that work queues up; and
 * there again without priorities, as the control.
 *
 *     npm run bench:analyst [-- --runs 40]
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Priority } from '@temporalio/common';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkerOptions } from '@temporalio/worker';
import { z } from 'zod';
import { BATCH_PRIORITY_KEY } from '../src/model/options.js';
import { TASK_QUEUE, withLocalStack } from './local-stack.js';

const ITEMS = 10_000;
const TARGET_SECS = 3;

/** What the worker and SOAR are like, and whose place in the queue the analyst takes. */
interface Setting {
  readonly name: string;
  readonly requestMs: number;
  readonly overrides: Partial<WorkerOptions>;
  readonly priority: ((batchId: string) => Priority) | undefined;
}

const BUSY = { requestMs: 50, overrides: { maxConcurrentActivityTaskExecutions: 10 } };
const asTheBatch = (batchId: string): Priority => ({
  priorityKey: BATCH_PRIORITY_KEY,
  fairnessKey: batchId.slice(-64),
});
const SETTINGS: readonly Setting[] = [
  { name: 'as it is', requestMs: 0, overrides: {}, priority: undefined },
  { name: 'ten slots, slow SOAR', ...BUSY, priority: undefined },
  { name: 'ten slots, slow SOAR, no priorities (control)', ...BUSY, priority: asTheBatch },
];

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { runs: { type: 'string', default: '40' } } });
  const runs = z.coerce.number().int().positive().parse(values.runs);
  for (const setting of SETTINGS) say(`${setting.name}: ${describe(await measure(setting, runs))}`);
}

async function measure({ requestMs, overrides, priority }: Setting, runs: number): Promise<number[]> {
  const arrived = new Map<string, (atMs: number) => void>();
  const beforeHandle = async (request: Request): Promise<undefined> => {
    if (request.method === 'POST') noteArrival(arrived, await request.clone().text());
    if (requestMs > 0) await delay(requestMs);
  };
  const delays: number[] = [];
  await withLocalStack({ faults: { beforeHandle }, overrides }, async ({ client }) => {
    const batchId = `batch-${randomUUID()}`;
    const batch = await startBatch(client, batchId);
    for (let run = 0; run < runs; run++) {
      await delay(200);
      delays.push(await delayOfOne(client, arrived, priority?.(batchId)));
    }
    await batch.terminate();
  });
  return delays;
}

type Client = TestWorkflowEnvironment['client'];

function startBatch(client: Client, workflowId: string) {
  const request = { action: 'simulate', container_id: 1, name: 'batch', targets: [{ app_id: 2, assets: ['lab'] }] };
  const items = Array.from({ length: ITEMS }, (_, n) => ({ message: `item ${n}` }));
  const options = { itemsPerRun: 10, maxRunsInFlight: 200 };
  return client.workflow.start('enrichBatch', {
    workflowId,
    taskQueue: TASK_QUEUE,
    args: [{ request, items, options }],
  });
}

async function delayOfOne(
  client: Client,
  arrived: Map<string, (atMs: number) => void>,
  priority: Priority | undefined,
): Promise<number> {
  const name = `analyst ${randomUUID()}`;
  const atSoar = new Promise<number>((resolve) => arrived.set(name, resolve));
  const targets = [{ app_id: 2, assets: ['lab'], parameters: [{ message: name }] }];
  const startedAtMs = performance.now();
  await client.workflow.start('runAction', {
    workflowId: randomUUID(),
    taskQueue: TASK_QUEUE,
    args: [{ action: 'simulate', container_id: 1, name, targets }],
    ...(priority ? { priority } : {}),
  });
  return (await atSoar) - startedAtMs;
}

function noteArrival(arrived: Map<string, (atMs: number) => void>, body: string): void {
  const [name = ''] = /analyst [\w-]{36}/.exec(body) ?? [];
  arrived.get(name)?.(performance.now());
}

function describe(delays: readonly number[]): string {
  const sorted = delays.toSorted((a, b) => a - b);
  const at = (share: number): string => ((sorted[Math.ceil((sorted.length - 1) * share)] ?? NaN) / 1_000).toFixed(2);
  return `p50 ${at(0.5)} s, p95 ${at(0.95)} s, worst ${at(1)} s of ${sorted.length} (target: a p95 of ${TARGET_SECS} s)`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

void main();
