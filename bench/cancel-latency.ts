/**
 * How long a cancel takes from the signal to SOAR, while the action runs: through Temporal, a workflow task, an activity and
 * one POST. Single runs one after the other, then as many at once; median and worst.
 *
 *     npm run bench:cancel [-- --runs 50]
 */
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { z } from 'zod';
import { TASK_QUEUE, withLocalStack } from './local-stack.js';

const TARGET_MS = 500;

/** Starts runs, signals them, and gives the milliseconds until SOAR had each cancel. */
type Measure = (runs: number) => Promise<number[]>;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { runs: { type: 'string', default: '50' } } });
  const runs = z.coerce.number().int().positive().parse(values.runs);
  await withStack(async (measure) => {
    await measure(1);
    const single: number[] = [];
    for (let index = 0; index < runs; index += 1) single.push(...(await measure(1)));
    say(`one at a time: ${describe(single)}`);
    say(`${runs} at once:    ${describe(await measure(runs))}`);
  });
}

async function withStack(body: (measure: Measure) => Promise<void>): Promise<void> {
  const arrived = new Map<number, (atMs: number) => void>();
  const beforeHandle = (request: Request): Promise<undefined> => {
    const id = /\/rest\/action_run\/(\d+)$/.exec(new URL(request.url).pathname)?.[1];
    if (request.method === 'POST' && id !== undefined) arrived.get(Number(id))?.(performance.now());
    return Promise.resolve(undefined);
  };
  await withLocalStack({ faults: { beforeHandle } }, (environment) =>
    body((runs) => Promise.all(Array.from({ length: runs }, () => cancelOne(environment, arrived)))),
  );
}

async function cancelOne(env: TestWorkflowEnvironment, arrived: Map<number, (atMs: number) => void>): Promise<number> {
  const targets = [{ app_id: 2, assets: ['lab'], parameters: [{ seconds: 3_600 }] }];
  const handle = await env.client.workflow.start('runAction', {
    workflowId: randomUUID(),
    taskQueue: TASK_QUEUE,
    args: [{ action: 'simulate', container_id: 1, name: 'bench', targets }],
  });
  let id: number | null = null;
  while (id === null) id = (await handle.query<{ actionRunId: number | null }>('status')).actionRunId;
  const actionRunId = id;
  const atSoar = new Promise<number>((resolve) => arrived.set(actionRunId, resolve));
  const signalledAtMs = performance.now();
  await handle.signal('cancel');
  const latencyMs = (await atSoar) - signalledAtMs;
  await handle.result();
  return latencyMs;
}

function describe(latencies: readonly number[]): string {
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor((sorted.length - 1) * share)] ?? NaN).toFixed(0);
  return `median ${at(0.5)} ms, worst ${at(1)} ms of ${sorted.length} (target: a median of ${TARGET_MS} ms)`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

void main();
