import type { Medians } from '../rounds/figures.js';
import type { ScenarioName, SingleName } from '../rounds/scenarios.js';
import { mediansAt, singleRatio } from './rows.js';
import type { Results } from './results-file.js';

/** What we set ourselves, and what came of it. */
export interface Verdict {
  readonly what: string;
  readonly target: string;
  readonly measured: string;
  readonly isMet: boolean;
}

interface Target {
  readonly scenario: ScenarioName;
  readonly contender: string;
  readonly what: string;
  readonly unit: string;
  readonly figure: (medians: Medians) => number;
  /** Exactly one of the two. */
  readonly atMost?: number;
  readonly atLeast?: number;
}

const PACKED = { scenario: 'packable', contender: 'soar-runner-packed' } as const;
const GROUPED = { scenario: 'unpackable', contender: 'soar-runner-grouped' } as const;

const CPU = { what: 'CPU a row', unit: ' ms', figure: (m: Medians) => m.cpuMsPerItem } as const;
const SPEED = { what: 'rows a second', unit: '', figure: (m: Medians) => m.itemsPerSecond } as const;

/** The engines that ours is to be ahead of. */
const RIVALS = ['bullmq', 'dbos', 'restate'];

const TARGETS: readonly Target[] = [
  { ...PACKED, what: 'REST calls a row', unit: '', figure: (m) => m.restCallsPerItem, atMost: 0.06 },
  { ...PACKED, ...SPEED, atLeast: 600 },
  { ...PACKED, ...CPU, atMost: 0.6 },
  { ...GROUPED, ...CPU, atMost: 2.6 },
  { ...GROUPED, ...SPEED, atLeast: 150 },
  { ...GROUPED, what: 'lateness p99', unit: ' s', figure: (m) => m.latenessP99Ms / 1_000, atMost: 1.5 },
  { ...GROUPED, what: 'REST calls a row', unit: '', figure: (m) => m.restCallsPerItem, atMost: 1.2 },
];

/** The share of a bare workflow's CPU and time that one `runAction` alone may cost. */
const SINGLE_TARGETS = { single: 0.6, 'single-delayed': 0.8 } as const satisfies Record<SingleName, number>;
const SINGLES = ['single', 'single-delayed'] as const;

/** Every target that the results have figures for. */
export function verdictsOn(results: Results): Verdict[] {
  const verdicts = TARGETS.flatMap((target) => {
    const medians = mediansAt(target.scenario, results).find(({ contender }) => contender === target.contender);
    return medians ? [verdictOn(target, target.figure(medians))] : [];
  });
  return [...verdicts, ...verdictsOnRivals(results), ...SINGLES.flatMap((name) => singleVerdicts(name, results))];
}

function verdictOn({ scenario, contender, what, unit, atMost, atLeast }: Target, value: number): Verdict {
  return {
    what: `${scenario}, ${contender}: ${what}`,
    target: atMost === undefined ? `at least ${short(atLeast ?? 0)}${unit}` : `at most ${short(atMost)}${unit}`,
    measured: `${short(value)}${unit}`,
    isMet: value <= (atMost ?? Infinity) && value >= (atLeast ?? -Infinity),
  };
}

/** Another engine's figure is a target too. */
function verdictsOnRivals(results: Results): Verdict[] {
  const medians = mediansAt(GROUPED.scenario, results);
  const ours = medians.find(({ contender }) => contender === GROUPED.contender);
  if (!ours) return [];
  return medians
    .filter(({ contender }) => RIVALS.includes(contender))
    .flatMap((rival) => [
      verdictOn(
        { ...GROUPED, ...CPU, what: `CPU a row, beside ${rival.contender}`, atMost: CPU.figure(rival) },
        CPU.figure(ours),
      ),
      verdictOn(
        { ...GROUPED, ...SPEED, what: `rows a second, beside ${rival.contender}`, atLeast: SPEED.figure(rival) },
        SPEED.figure(ours),
      ),
    ]);
}

function short(value: number): string {
  return value.toLocaleString('en', { maximumSignificantDigits: 3, useGrouping: false });
}

function singleVerdicts(name: SingleName, results: Results): Verdict[] {
  const ratio = singleRatio(name, results);
  if (!ratio) return [];
  return [singleVerdict(name, 'CPU', ratio.cpu), singleVerdict(name, 'time beyond the delay', ratio.time)];
}

function singleVerdict(name: SingleName, what: string, ratio: number): Verdict {
  return {
    what: `${name}, one \`runAction\` to a bare workflow: ${what}`,
    target: `at most ${SINGLE_TARGETS[name]}`,
    measured: ratio.toFixed(2),
    isMet: ratio <= SINGLE_TARGETS[name],
  };
}
