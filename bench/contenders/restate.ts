import { competitorEnvironment } from '../competitors/install.js';
import { startRestate } from '../engines/restate.js';
import type { Contender } from './contender.js';

/** Durable execution over HTTP. */
export const restate: Contender = {
  name: 'restate',
  description: 'Restate, an invocation a row; the client waits for its answer over HTTP',
  scenarios: ['packable', 'unpackable'],
  setUp: async (stage) => {
    const { ingress, admin } = await startRestate(stage);
    const environment = { ...competitorEnvironment(), BENCH_RESTATE_INGRESS: ingress, BENCH_RESTATE_ADMIN: admin };
    await stage.program('worker', { file: 'competitors/restate/worker.cjs', environment });
    return stage.program('client', { file: 'competitors/restate/client.cjs', environment });
  },
};
