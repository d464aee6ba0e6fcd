import { mediansOf } from '../rounds/figures.js';
import type { Medians, Trial } from '../rounds/figures.js';
import { SINGLE_DELAY_SECS } from '../rounds/scenarios.js';
import type { ScenarioName, SingleName } from '../rounds/scenarios.js';
import type { Results } from './results-file.js';

/** The columns of a scenario's table. */
export const COLUMNS = [
  'contender',
  'rows',
  'rows/s',
  'CPU ms/row',
  'client + worker + engine',
  'REST calls/row',
  'late p50 / p99, ms',
  'peak memory, MB',
  'history/row',
  'SOAR CPU ms/row',
] as const;

/** The medians of a scenario's contenders, in the order they were first measured in. */
export function mediansAt(scenario: ScenarioName, { trials }: Results): Medians[] {
  const byContender = new Map<string, [Trial, ...Trial[]]>();
  for (const trial of trials.filter((each) => each.scenario === scenario)) {
    const known = byContender.get(trial.contender);
    if (known) known.push(trial);
    else byContender.set(trial.contender, [trial]);
  }
  return [...byContender.values()].map(mediansOf);
}

/** A contender's line under {@link COLUMNS}. */
export function rowOf(medians: Medians): string[] {
  const { client, worker, engine } = medians.cpuMsPerItemByRole;
  return [
    medians.contender,
    String(medians.jobs),
    medians.itemsPerSecond.toFixed(medians.itemsPerSecond < 10 ? 1 : 0),
    medians.cpuMsPerItem.toFixed(2),
    [client, worker, engine].map((share) => share.toFixed(2)).join(' + '),
    medians.restCallsPerItem.toFixed(2),
    `${medians.latenessP50Ms.toFixed(0)} / ${medians.latenessP99Ms.toFixed(0)}`,
    (medians.peakBytes / 1024 ** 2).toFixed(0),
    historyOf(medians),
    medians.soarCpuMsPerItem.toFixed(2),
  ];
}

function historyOf({ eventsPerItem, historyBytesPerItem }: Medians): string {
  if (eventsPerItem === null || historyBytesPerItem === null) return '';
  return `${eventsPerItem.toFixed(2)} events, ${historyBytesPerItem.toFixed(0)} B`;
}

/** One `runAction` alone against a bare workflow; undefined unless both were measured. */
export function singleRatio(scenario: SingleName, results: Results): { cpu: number; time: number } | undefined {
  const medians = mediansAt(scenario, results);
  const ours = medians.find(({ contender }) => contender === 'soar-runner-one-by-one');
  const bare = medians.find(({ contender }) => contender === 'bare-workflow');
  if (!ours || !bare) return undefined;
  const beyondDelayMs = ({ msPerItem }: Medians): number => msPerItem - SINGLE_DELAY_SECS[scenario] * 1_000;
  return { cpu: ours.cpuMsPerItem / bare.cpuMsPerItem, time: beyondDelayMs(ours) / beyondDelayMs(bare) };
}
