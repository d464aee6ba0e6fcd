/**
 * What it costs to wait. `at-rest`: runs that wait for an approval nobody gives, seen over minutes; then SOAR ends them all, and
 * how late each workflow ends is the lateness. `in-flight`: runs that last a minute. Share of one core, by process, with the
 * same of the idle stack subtracted; GETs a second; lateness.
 *
 *     npm run bench:waiting -- --scenario at-rest [--runs 1000] [--minutes 2]
 *     npm run bench:waiting -- --scenario in-flight [--runs 500] [--no-filter] [--report]
 *
 * The figures are kept in bench/results/waiting.json; --report writes docs/performance.md again.
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { z } from 'zod';
import type { RunActionResult } from '../src/contracts/run-action.js';
import { startSoarSim } from '../src/sim/index.js';
import { startTemporalServer } from '../src/cli/stack/temporal-server.js';
import { temporalCliPath } from './engines/temporal.js';
import { cpuMsOf, residentMemoryOf } from './measure/process-tree.js';
import { currentLoad, settingsOf } from './measure/settings.js';
import { startServer } from './programs/start-server.js';
import { writeDocument } from './report/document.js';
import { readResults } from './report/results-file.js';
import { writeTrial } from './report/waiting-section.js';
import type { WaitingTrial } from './report/waiting-section.js';

const WORKER = path.join(__dirname, '../dist/worker.js');
const TASK_QUEUE = 'soar-runner';
const settingsSchema = z.object({
  scenario: z.enum(['at-rest', 'in-flight']),
  runs: z.coerce.number().int().positive().optional(),
  minutes: z.coerce.number().positive().default(2),
});

interface Settings {
  readonly scenario: 'at-rest' | 'in-flight';
  readonly runs: number;
  readonly minutes: number;
  readonly canFilter: boolean;
}

/** What is running for one measurement. SOAR and the caller are in this process, and not counted. */
interface Stack {
  readonly client: Client;
  readonly url: string;
  readonly token: string;
  readonly pids: Readonly<Record<'Temporal' | 'worker', number>>;
  /** So far: those that ask how runs stand, and all. */
  gets(): { readonly status: number; readonly all: number };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      scenario: { type: 'string', default: 'at-rest' },
      runs: { type: 'string' },
      minutes: { type: 'string' },
      'no-filter': { type: 'boolean', default: false },
      report: { type: 'boolean', default: false },
    },
  });
  const { scenario, runs, minutes } = settingsSchema.parse(values);
  const settings = {
    scenario,
    runs: runs ?? (scenario === 'at-rest' ? 1_000 : 500),
    minutes,
    canFilter: !values['no-filter'],
  };
  const started = settingsOf(1);
  await withStack(settings.canFilter, async (stack) => {
    await delay(5_000);
    const idle = await shares(stack, 10);
    say(`idle: ${text(idle)}`);
    const trial = await (scenario === 'at-rest' ? atRest(stack, settings, idle) : inFlight(stack, settings, idle));
    say(`late by, ms: ${JSON.stringify(trial.lateMs)}`);
    const of = { scenario, runs: settings.runs, canFilter: settings.canFilter };
    await writeTrial({ ...of, ...trial, settings: { ...started, loadAfter: currentLoad() } });
  });
  if (values.report) await writeDocument(readResults());
}

type Measured = Pick<WaitingTrial, 'cpuPercent' | 'workerBytes' | 'statusGetsPerSecond' | 'getsPerSecond' | 'lateMs'>;

/** The stack over some seconds, without what it takes when idle. */
async function measure(stack: Stack, seconds: number, idle: Shares): Promise<Omit<Measured, 'lateMs'>> {
  const before = stack.gets();
  const net = minus(await shares(stack, seconds), idle);
  const after = stack.gets();
  const statusGetsPerSecond = (after.status - before.status) / seconds;
  const getsPerSecond = (after.all - before.all) / seconds;
  const workerBytes = residentMemoryOf(stack.pids.worker);
  const gets = `${statusGetsPerSecond.toFixed(1)} GETs of statuses a second, ${getsPerSecond.toFixed(1)} in all`;
  say(`${text(net)}, ${gets}, worker ${(workerBytes / 2 ** 20).toFixed(0)} MB`);
  return {
    cpuPercent: { temporal: net.Temporal, worker: net.worker },
    workerBytes,
    statusGetsPerSecond,
    getsPerSecond,
  };
}

async function atRest(stack: Stack, { runs, minutes }: Settings, idle: Shares): Promise<Measured> {
  const ids = await startRuns(stack, runs, { asset: 'lab-approval', seconds: 0, overMs: 30_000 });
  say(`${runs} runs started`);
  for (let minute = 1; minute <= minutes; minute += 1) await measure(stack, 60, idle);
  const measured = await measure(stack, 60, idle);
  await approveAll(stack);
  return { ...measured, lateMs: await latenessOf(stack, ids) };
}

async function inFlight(stack: Stack, { runs }: Settings, idle: Shares): Promise<Measured> {
  const overMs = 60_000;
  // Each lasts a minute and they come over two: all through the second one so many are in flight.
  const started = startRuns(stack, 2 * runs, { asset: 'lab', seconds: 60, overMs: 2 * overMs });
  await delay(overMs + 5_000);
  const measured = await measure(stack, 50, idle);
  return { ...measured, lateMs: await latenessOf(stack, await started) };
}

interface RunToStart {
  readonly asset: string;
  readonly seconds: number;
  readonly overMs: number;
}

async function startRuns({ client }: Stack, runs: number, { asset, seconds, overMs }: RunToStart): Promise<string[]> {
  const ids: string[] = [];
  const beginMs = Date.now();
  for (let index = 0; index < runs; index += 1) {
    await delay(Math.max(0, beginMs + (index * overMs) / runs - Date.now()));
    const workflowId = `waiting-${randomUUID()}`;
    ids.push(workflowId);
    const targets = [{ app_id: 2, assets: [asset], parameters: [{ seconds }] }];
    const request = { action: 'simulate', container_id: 1, name: 'bench', targets };
    await client.workflow.start('runAction', { workflowId, taskQueue: TASK_QUEUE, args: [request] });
  }
  return ids;
}

const rowsSchema = z.object({ data: z.array(z.object({ id: z.int(), close_time: z.string().nullish() })) });

async function ask({ url, token }: Stack, resource: string, body?: object) {
  const sent = body ? { method: 'POST', body: JSON.stringify(body) } : {};
  const answer = await fetch(`${url}/rest/${resource}`, { headers: { 'ph-auth-token': token }, ...sent });
  return body ? { data: [] } : rowsSchema.parse(await answer.json());
}

async function approveAll(stack: Stack): Promise<void> {
  const { data } = await ask(stack, 'approval?page_size=0');
  const yes = { status: 'approve', type: 'manual', action: 'prompt', message: '', responses: [] };
  // Not all at the same moment: how late each is seen must not hang together.
  for (const { id } of data) {
    await ask(stack, `approval/${id}`, yes);
    await delay(10);
  }
}

/** From the end of a run in SOAR to the end of its workflow. */
async function latenessOf(stack: Stack, workflowIds: readonly string[]): Promise<Measured['lateMs']> {
  const late: number[] = [];
  for (const workflowId of workflowIds) {
    const handle = stack.client.workflow.getHandle(workflowId);
    const { actionRunId } = (await handle.result()) as RunActionResult;
    const { closeTime } = await handle.describe();
    const { data } = await ask(stack, `action_run?_filter_id=${actionRunId}`);
    late.push((closeTime?.getTime() ?? NaN) - Date.parse(data[0]?.close_time ?? ''));
  }
  const sorted = late.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? NaN;
  return { p50: at(0.5), p95: at(0.95), max: at(1) };
}

/** Percent of one core. */
type Shares = Readonly<Record<'Temporal' | 'worker', number>>;

async function shares({ pids }: Stack, seconds: number): Promise<Shares> {
  const read = (): Shares => ({ Temporal: cpuMsOf(pids.Temporal), worker: cpuMsOf(pids.worker) });
  const [before, fromMs] = [read(), performance.now()];
  await delay(seconds * 1_000);
  const percent = 100 / (performance.now() - fromMs);
  const after = read();
  return {
    Temporal: (after.Temporal - before.Temporal) * percent,
    worker: (after.worker - before.worker) * percent,
  };
}

function minus(a: Shares, b: Shares): Shares {
  return { Temporal: a.Temporal - b.Temporal, worker: a.worker - b.worker };
}

function text({ Temporal, worker }: Shares): string {
  return `${(Temporal + worker).toFixed(1)} % of a core (Temporal ${Temporal.toFixed(1)}, worker ${worker.toFixed(1)})`;
}

async function withStack(canFilter: boolean, body: (stack: Stack) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'soar-runner-bench-'));
  const gets = { status: 0, all: 0 };
  const beforeHandle = ({ method, url }: Request): Promise<Response | undefined> => {
    if (method === 'GET') gets.all += 1;
    if (method === 'GET' && /\/rest\/action_run(\/\d+)?(\?|$)/.test(url)) gets.status += 1;
    const isRefused = !canFilter && url.includes('_filter_id__in');
    return Promise.resolve(isRefused ? Response.json({ failed: true, message: 'no' }, { status: 400 }) : undefined);
  };
  const sim = await startSoarSim({ faults: { beforeHandle } });
  const temporal = await startTemporalServer({ cli: temporalCliPath(), directory, name: 'temporal', ui: false });
  const logFile = path.join(directory, 'worker.log');
  const worker = await startServer({
    command: process.execPath,
    args: [WORKER],
    logFile,
    directory,
    environment: { TEMPORAL_ADDRESS: temporal.address, SOAR_BASE_URL: sim.url, SOAR_AUTH_TOKEN: sim.token },
    isReady: () => Promise.resolve(readFileSync(logFile, 'utf8').includes('worker started')),
  });
  const connection = await Connection.connect({ address: temporal.address });
  try {
    const client = new Client({ connection });
    const pids = { Temporal: temporal.pid, worker: worker.pid };
    await body({ client, url: sim.url, token: sim.token, pids, gets: () => ({ ...gets }) });
  } finally {
    await connection.close();
    await worker.stop();
    await temporal.stop();
    await sim.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

void main();
