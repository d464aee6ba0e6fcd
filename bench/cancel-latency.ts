/**
 * How long a cancel takes from the signal to SOAR, while the action runs: through Temporal, a workflow task, an activity and
 * one POST. Single runs one after the other, then as many at once; median and worst.
 *
 *     npm run bench:cancel [-- --runs 50]
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { z } from 'zod';
import { createActivities } from '../src/activities/index.js';
import { SEARCH_ATTRIBUTES } from '../src/model/search-attributes.js';
import { startSoarSim } from '../src/sim/index.js';
import { createSoarClient } from '../src/soar/client.js';
import { createStatusBoard } from '../src/soar/status-board.js';

const TASK_QUEUE = 'bench';
const TARGET_MS = 500;
const root = path.join(__dirname, '..');

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
  const tools = z
    .object({ temporal: z.string() })
    .parse(JSON.parse(readFileSync(path.join(root, '.cache/tools.json'), 'utf8')));
  const extraArgs = Object.values(SEARCH_ATTRIBUTES).flatMap((name) => ['--search-attribute', `${name}=Keyword`]);
  const executable = { type: 'existing-path', path: tools.temporal } as const;
  const env = await TestWorkflowEnvironment.createLocal({ server: { executable, extraArgs } });
  const arrived = new Map<number, (atMs: number) => void>();
  const sim = await startSoarSim({
    faults: {
      beforeHandle: (request) => {
        const id = /\/rest\/action_run\/(\d+)$/.exec(new URL(request.url).pathname)?.[1];
        if (request.method === 'POST' && id !== undefined) arrived.get(Number(id))?.(performance.now());
        return Promise.resolve(undefined);
      },
    },
  });
  const soar = createSoarClient({ baseUrl: sim.url, auth: { token: sim.token } });
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: TASK_QUEUE,
    workflowBundle: { codePath: path.join(root, 'dist/workflow-bundle.js') },
    activities: { ...createActivities({ soar, board: createStatusBoard(soar) }) },
  });
  const measure: Measure = (runs) => Promise.all(Array.from({ length: runs }, () => cancelOne(env, arrived)));
  await worker.runUntil(() => body(measure));
  await soar.close();
  await sim.close();
  await env.teardown();
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
