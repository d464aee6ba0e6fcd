import { bareWorkflow } from './bare-workflow.js';
import type { Contender } from './contender.js';
import { plainScript, plainScriptPacked } from './plain-script.js';
import { soarRunnerGrouped, soarRunnerOneByOne, soarRunnerPacked } from './soar-runner.js';

/** All of them, in the order of the tables. */
export const CONTENDERS: readonly Contender[] = [
  soarRunnerPacked,
  soarRunnerGrouped,
  soarRunnerOneByOne,
  bareWorkflow,
  plainScript,
  plainScriptPacked,
];
