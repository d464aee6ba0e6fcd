import type { Medians } from '../rounds/figures.js';
import type { ScenarioName } from '../rounds/scenarios.js';
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

const TARGETS: readonly Target[] = [
  { ...PACKED, what: 'REST calls a row', unit: '', figure: (m) => m.restCallsPerItem, atMost: 0.06 },
  { ...PACKED, what: 'rows a second', unit: '', figure: (m) => m.itemsPerSecond, atLeast: 600 },
  { ...PACKED, what: 'CPU a row', unit: ' ms', figure: (m) => m.cpuMsPerItem, atMost: 2 },
  { ...GROUPED, what: 'CPU a row', unit: ' ms', figure: (m) => m.cpuMsPerItem, atMost: 4 },
  { ...GROUPED, what: 'rows a second', unit: '', figure: (m) => m.itemsPerSecond, atLeast: 150 },
  { ...GROUPED, what: 'lateness p99', unit: ' s', figure: (m) => m.latenessP99Ms / 1_000, atMost: 1.5 },
  { ...GROUPED, what: 'REST calls a row', unit: '', figure: (m) => m.restCallsPerItem, atMost: 2.5 },
];

/** At most as much more than a bare workflow as this, for one `runAction` alone. */
const SINGLE_TARGET = 1.15;

/** Every target that the results have figures for. */
export function verdictsOn(results: Results): Verdict[] {
  const verdicts = TARGETS.flatMap((target) => {
    const medians = mediansAt(target.scenario, results).find(({ contender }) => contender === target.contender);
    return medians ? [verdictOn(target, target.figure(medians))] : [];
  });
  const ratio = singleRatio(results);
  return ratio
    ? [...verdicts, singleVerdict('CPU', ratio.cpu), singleVerdict('time beyond the delay', ratio.time)]
    : verdicts;
}

function verdictOn({ scenario, contender, what, unit, atMost, atLeast }: Target, value: number): Verdict {
  return {
    what: `${scenario}, ${contender}: ${what}`,
    target: atMost === undefined ? `at least ${atLeast ?? 0}${unit}` : `at most ${atMost}${unit}`,
    measured: `${value.toPrecision(3)}${unit}`,
    isMet: value <= (atMost ?? Infinity) && value >= (atLeast ?? -Infinity),
  };
}

function singleVerdict(what: string, ratio: number): Verdict {
  return {
    what: `single, one \`runAction\` to a bare workflow: ${what}`,
    target: `at most ${SINGLE_TARGET}`,
    measured: ratio.toFixed(2),
    isMet: ratio <= SINGLE_TARGET,
  };
}
