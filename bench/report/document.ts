import path from 'node:path';
import { CONTENDERS } from '../contenders/index.js';
import { SCENARIOS } from '../rounds/scenarios.js';
import type { Scenario } from '../rounds/scenarios.js';
import { markdownTable } from './markdown-table.js';
import type { Results } from './results-file.js';
import { writeFormatted } from './results-file.js';
import { COLUMNS, mediansAt, rowOf } from './rows.js';
import { scaleSection } from './scale-section.js';
import { describeSettings } from './settings-text.js';
import { CAVEATS, HEAD, MEASURES, WHERE_IT_GOES } from './static-text.js';
import { verdictsOn } from './targets.js';
import { waitingSection } from './waiting-section.js';

const DOCUMENT = path.join(__dirname, '../../docs/performance.md');

/** Writes docs/performance.md. */
export async function writeDocument(results: Results): Promise<void> {
  await writeFormatted(DOCUMENT, toMarkdown(results));
}

function toMarkdown(results: Results): string {
  return [
    HEAD,
    '## What we set ourselves',
    markdownTable(
      ['what', 'target', 'measured', ''],
      verdictsOn(results).map(({ what, target, measured, isMet }) => [
        what,
        target,
        measured,
        isMet ? 'met' : '**missed**',
      ]),
    ),
    ...SCENARIOS.map((scenario) => scenarioSection(scenario, results)),
    '## Where it goes',
    WHERE_IT_GOES,
    waitingSection(),
    scaleSection(),
    '## Who is measured',
    CONTENDERS.map(({ name, description }) => `- \`${name}\`: ${description}.`).join('\n'),
    notMeasured(results),
    '## What is measured',
    MEASURES,
    '## Settings of this run',
    describeSettings(results.settings)
      .map((line) => `- ${line}`)
      .join('\n'),
    '## What the figures do not say',
    CAVEATS,
  ].join('\n\n');
}

function scenarioSection({ name, description }: Scenario, results: Results): string {
  const medians = mediansAt(name, results);
  return [`## ${name}`, `Work: ${description}.`, markdownTable([...COLUMNS], medians.map(rowOf))].join('\n\n');
}

function notMeasured({ notMeasured: missing }: Results): string {
  if (missing.length === 0) return 'None was left out.';
  return missing
    .map(({ contender, scenario, reason }) => `- **not measured**: \`${contender}\` at ${scenario}: ${reason}`)
    .join('\n');
}
