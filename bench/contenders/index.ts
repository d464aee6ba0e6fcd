import { bareWorkflow } from './bare-workflow.js';
import { bullmq } from './bullmq.js';
import type { Contender } from './contender.js';
import { dbos } from './dbos.js';
import { plainScript, plainScriptPacked } from './plain-script.js';
import { restate } from './restate.js';
import { soarRunnerGrouped, soarRunnerOneByOne, soarRunnerPacked } from './soar-runner.js';

/** All of them, in the order of the tables. */
export const CONTENDERS: readonly Contender[] = [
  soarRunnerPacked,
  soarRunnerGrouped,
  soarRunnerOneByOne,
  bareWorkflow,
  bullmq,
  dbos,
  restate,
  plainScript,
  plainScriptPacked,
];
