import { startTemporal } from '../engines/temporal.js';
import type { Contender } from './contender.js';

/** Temporal without ours: what the engine alone costs. */
export const bareWorkflow: Contender = {
  name: 'bare-workflow',
  description:
    'a Temporal workflow of the same shape for each row, no guarantee against a second POST, no cancel, no approvals',
  scenarios: ['packable', 'unpackable', 'single', 'single-delayed'],
  setUp: async (stage) => {
    const environment = await startTemporal(stage);
    await stage.program('worker', { file: 'contenders/programs/bare-worker.ts', environment });
    return stage.program('client', { file: 'contenders/programs/bare-client.ts', environment });
  },
};
