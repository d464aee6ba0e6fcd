import Table from 'cli-table3';
import { SCENARIOS } from '../rounds/scenarios.js';
import { COLUMNS, mediansAt, rowOf } from './rows.js';
import type { Results } from './results-file.js';
import { describeSettings } from './settings-text.js';
import { verdictsOn } from './targets.js';

/** The results as text for a terminal. */
export function toTerminal(results: Results): string {
  return [
    ...describeSettings(results.settings),
    ...SCENARIOS.flatMap(({ name, description }) => {
      const medians = mediansAt(name, results);
      if (medians.length === 0) return [];
      const table = new Table({ head: [...COLUMNS], style: { head: [], border: [] } });
      table.push(...medians.map(rowOf));
      return ['', `${name}: ${description}`, table.toString()];
    }),
    ...verdictsOn(results).map(
      ({ what, target, measured, isMet }) => `${isMet ? 'met   ' : 'MISSED'} ${what}: ${measured} (${target})`,
    ),
    ...results.notMeasured.map(
      ({ contender, scenario, reason }) => `${contender}, ${scenario}: not measured: ${reason}`,
    ),
  ].join('\n');
}
