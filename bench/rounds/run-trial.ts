import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Contender, Role, Stage } from '../contenders/contender.js';
import { cpuMsOf, peakMemoryOf } from '../measure/process-tree.js';
import { percentile } from '../measure/statistics.js';
import { historySchema } from '../programs/serve-client.js';
import type { Program } from '../programs/start-program.js';
import type { BenchSoar } from '../soar/start-soar.js';
import type { Trial } from './figures.js';
import type { Scenario } from './scenarios.js';
import { jobOutcomeSchema } from './workload.js';
import type { JobOutcome, Workload } from './workload.js';
import { withStage } from './with-stage.js';

/** What engines still write when the client has its results counts too. */
const AFTERMATH_MS = 500;
/** How long a process that has just worked is let come to rest. */
const SETTLING_MS = 3_000;
const ROLES = ['client', 'worker', 'engine'] as const satisfies readonly Role[];

/** One contender, one scenario, once: with a SOAR, an engine and processes of its own. `round` is only noted. */
export async function runTrial(contender: Contender, scenario: Scenario, jobs: number, round: number): Promise<Trial> {
  return withStage(scenario.containers, async (stage, soar) => {
    const client = await contender.setUp(stage);
    await perform(client, scenario.warmUp(jobs));
    const idle = await idleShares(stage, scenario.idleMs);
    const figures = await measure(client, scenario.workload(jobs), stage, soar, idle);
    return { contender: contender.name, scenario: scenario.name, round, jobs, ...figures };
  });
}

async function perform(client: Program, workload: Workload): Promise<number> {
  await client.call('prepare', z.unknown(), workload);
  const startedAtMs = performance.now();
  await client.call('run', z.unknown());
  return performance.now() - startedAtMs;
}

/** What worker and engine use of a core when there is nothing to do. A client that waits for its answer is at work. */
async function idleShares(stage: Stage, idleMs: number): Promise<Record<Role, number>> {
  await delay(SETTLING_MS);
  const before = byRole((role) => sumOf(stage, role, cpuMsOf));
  await delay(idleMs);
  return byRole((role) => (role === 'client' ? 0 : (sumOf(stage, role, cpuMsOf) - before[role]) / idleMs));
}

type Figures = Omit<Trial, 'contender' | 'scenario' | 'round' | 'jobs'>;

async function measure(
  client: Program,
  workload: Workload,
  stage: Stage,
  soar: BenchSoar,
  idle: Record<Role, number>,
): Promise<Figures> {
  const before = await snapshot(stage, soar);
  const elapsedMs = await perform(client, workload);
  await delay(AFTERMATH_MS);
  const after = await snapshot(stage, soar);
  const outcomes = await client.call('outcomes', z.array(jobOutcomeSchema));
  checkOutcomes(workload, outcomes);
  return {
    elapsedMs,
    cpuMs: byRole((role) => after.cpuMs[role] - before.cpuMs[role] - idle[role] * (elapsedMs + AFTERMATH_MS)),
    idle,
    soarCpuMs: after.soarCpuMs - before.soarCpuMs,
    peakBytes: byRole((role) => sumOf(stage, role, peakMemoryOf)),
    restCalls: after.requests - before.requests,
    actionRuns: after.actionRuns - before.actionRuns,
    latenessMs: await latenessOf(outcomes, soar),
    history: await client.call('history', historySchema.nullable()),
  };
}

interface Snapshot {
  readonly cpuMs: Record<Role, number>;
  readonly soarCpuMs: number;
  readonly requests: number;
  readonly actionRuns: number;
}

async function snapshot(stage: Stage, soar: BenchSoar): Promise<Snapshot> {
  const [requests, actionRuns] = [await soar.requests(), await soar.actionRuns()];
  return { cpuMs: byRole((role) => sumOf(stage, role, cpuMsOf)), soarCpuMs: cpuMsOf(soar.pid), requests, actionRuns };
}

function byRole(figure: (role: Role) => number): Record<Role, number> {
  const [client, worker, engine] = ROLES.map(figure);
  return { client: client ?? 0, worker: worker ?? 0, engine: engine ?? 0 };
}

function sumOf({ processes }: Stage, role: Role, figure: (pid: number) => number): number {
  return processes.filter((process) => process.role === role).reduce((sum, { pid }) => sum + figure(pid), 0);
}

/** @throws Error unless every job has the result of its own parameters: speed without that is worth nothing */
function checkOutcomes({ jobs }: Workload, outcomes: readonly JobOutcome[]): void {
  if (outcomes.length !== jobs.length) throw new Error(`${outcomes.length} results for ${jobs.length} rows`);
  for (const [index, { parameters }] of jobs.entries()) {
    const given = outcomes[index]?.parameter;
    const isOwn = Object.entries(parameters).every(([name, value]) => given?.[name] === value);
    if (!isOwn) throw new Error(`row ${index} was given the result of another one`);
  }
}

async function latenessOf(outcomes: readonly JobOutcome[], soar: BenchSoar): Promise<Trial['latenessMs']> {
  const endTimes = await soar.endTimes();
  const lateness = outcomes.map(({ actionRunId, seenDoneAtMs }) => seenDoneAtMs - (endTimes.get(actionRunId) ?? NaN));
  return { p50: percentile(lateness, 0.5), p99: percentile(lateness, 0.99) };
}
