import { randomUUID } from 'node:crypto';
import type { Job, Workload } from './workload.js';

/** A kind of work that contenders are compared at. */
export interface Scenario {
  readonly name: ScenarioName;
  /** What it is, for the reader of the figures. */
  readonly description: string;
  /** Rows of a round, where `--jobs` does not say fewer. */
  readonly jobs: number;
  /** Rows for a contender that has an action_run for each: its figures are per row, and 10,000 would take it a quarter of an hour. */
  readonly jobsOneByOne: number;
  readonly containers: number;
  /** For how long the processes are looked at when there is nothing to do: that share is subtracted. */
  readonly idleMs: number;
  workload(jobs: number): Workload;
  /** The go before the one that is measured: code is compiled and caches are filled in it, because workers run for weeks. */
  warmUp(jobs: number): Workload;
}

/** The names that `--only` takes. */
export type ScenarioName = 'packable' | 'unpackable' | SingleName;

/** One `runAction` alone, with and without a delay to wait out. */
export type SingleName = 'single' | 'single-delayed';

const LAB = { action: 'simulate', appId: 2, asset: 'lab' };

/** Every fifth row repeats the one before it. */
const DUPLICATE_EVERY = 5;

const packable: Scenario = {
  name: 'packable',
  description:
    '"geolocate ip" on the rows of one container, every fifth a duplicate; no delay, and the action takes no time',
  jobs: 10_000,
  jobsOneByOne: 1_000,
  containers: 1,
  idleMs: 10_000,
  workload: (jobs) => ({
    id: randomUUID(),
    action: 'geolocate ip',
    appId: 1,
    asset: 'maxmind',
    execDelaySecs: 0,
    oneAtATime: false,
    jobs: rows(jobs, (index) => ({ containerId: 1, parameters: { ip: address(index) } })),
  }),
  warmUp: (jobs) => packable.workload(Math.min(jobs, 100)),
};

const unpackable: Scenario = {
  name: 'unpackable',
  description:
    'rows that each have a container of their own, all there at once; exec_delay_secs 2, and an action of 2 s',
  jobs: 1_000,
  jobsOneByOne: 1_000,
  containers: 1_000,
  idleMs: 10_000,
  workload: (jobs) => ({
    id: randomUUID(),
    ...LAB,
    execDelaySecs: 2,
    oneAtATime: false,
    jobs: rows(jobs, (index) => ({ containerId: index + 1, parameters: { seconds: 2, message: `row ${index}` } })),
  }),
  warmUp: (jobs) => unpackable.workload(Math.min(jobs, 100)),
};

/** How long SOAR holds each action of a scenario back, for one action after the other. */
export const SINGLE_DELAY_SECS: Readonly<Record<SingleName, number>> = { single: 0, 'single-delayed': 1 };

const single = singleScenario('single', 'no delay', 100);
/** With the timer that belongs to the shape. */
const singleDelayed = singleScenario('single-delayed', 'exec_delay_secs 1', 60);

function singleScenario(name: SingleName, delay: string, jobs: number): Scenario {
  const workload = (count: number, execDelaySecs: number): Workload => ({
    id: randomUUID(),
    ...LAB,
    execDelaySecs,
    oneAtATime: true,
    jobs: rows(count, (index) => ({ containerId: 1, parameters: { seconds: 0, message: `row ${index}` } })),
  });
  return {
    name,
    description: `one action after the other; ${delay}, and the action takes no time`,
    jobs,
    jobsOneByOne: jobs,
    containers: 1,
    // Most of the time nothing is at work.
    idleMs: 30_000,
    workload: (count) => workload(count, SINGLE_DELAY_SECS[name]),
    warmUp: (count) => workload(Math.min(count * 10, 200), 0),
  };
}

/** All of them, in the order they are run in. */
export const SCENARIOS: readonly Scenario[] = [packable, unpackable, single, singleDelayed];

function rows(count: number, row: (index: number) => Job): Job[] {
  return Array.from({ length: count }, (_, index) => row(index));
}

/** Public addresses, spread over the registries’ ranges; every fifth repeats the one before it. */
export function address(index: number): string {
  const row = index % DUPLICATE_EVERY === DUPLICATE_EVERY - 1 ? index - 1 : index;
  return `${(row % 200) + 11}.${(row >> 8) & 255}.${row & 255}.${(row * 7) & 255}`;
}
