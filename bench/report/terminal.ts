import Table from 'cli-table3';
import { SCENARIOS, SINGLE_DELAY_SECS } from '../rounds/scenarios.js';
import { COLUMNS, mediansAt, rowOf, singleRatio } from './rows.js';
import type { Results } from './results-file.js';
import { describeSettings } from './settings-text.js';

/** The results as text for a terminal. */
export function toTerminal(results: Results): string {
  const ratio = singleRatio(results, SINGLE_DELAY_SECS);
  return [
    ...describeSettings(results.settings),
    ...SCENARIOS.flatMap(({ name, description }) => {
      const medians = mediansAt(name, results);
      if (medians.length === 0) return [];
      const table = new Table({ head: [...COLUMNS], style: { head: [], border: [] } });
      table.push(...medians.map(rowOf));
      return ['', `${name}: ${description}`, table.toString()];
    }),
    ...(ratio
      ? [`runAction / bare workflow: CPU ${ratio.cpu.toFixed(2)}, time beyond the delay ${ratio.time.toFixed(2)}`]
      : []),
    ...results.notMeasured.map(
      ({ contender, scenario, reason }) => `${contender}, ${scenario}: not measured: ${reason}`,
    ),
  ].join('\n');
}
