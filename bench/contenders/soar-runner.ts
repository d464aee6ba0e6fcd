import { startSoarRunner } from '../engines/soar-runner-worker.js';
import type { Contender } from './contender.js';

/** `enrichBatch`: rows that can share an action_run do. */
export const soarRunnerPacked: Contender = {
  name: 'soar-runner-packed',
  description: '`enrichBatch` with its defaults: no duplicates, 100 rows an action_run, ten at a time',
  scenarios: ['packable'],
  packs: true,
  setUp: async (stage) => {
    const environment = await startSoarRunner(stage);
    return stage.program('client', { file: 'contenders/programs/soar-runner-batch.ts', environment });
  },
};

/** `enrichBatch`: rows that cannot share an action_run share a workflow. */
export const soarRunnerGrouped: Contender = {
  name: 'soar-runner-grouped',
  description: "`enrichBatch` with `requestFields: ['container_id']`: an action_run a row, many to a workflow",
  scenarios: ['unpackable'],
  packs: true,
  setUp: async (stage) => {
    const environment = await startSoarRunner(stage);
    return stage.program('client', { file: 'contenders/programs/soar-runner-batch.ts', environment });
  },
};

/** `runAction` for each row. */
export const soarRunnerOneByOne: Contender = {
  name: 'soar-runner-one-by-one',
  description: '`runAction` for each row: a workflow an action_run',
  scenarios: ['packable', 'unpackable', 'single', 'single-delayed'],
  setUp: async (stage) => {
    const environment = await startSoarRunner(stage);
    return stage.program('client', { file: 'contenders/programs/soar-runner-one-by-one.ts', environment });
  },
};
