import { competitorEnvironment } from '../competitors/install.js';
import { startPostgres } from '../engines/postgres.js';
import type { Contender } from './contender.js';

/** Durable execution as a library. */
export const dbos: Contender = {
  name: 'dbos',
  description: 'DBOS on PostgreSQL, a workflow a row; worker and client are one process, as DBOS has it',
  scenarios: ['packable', 'unpackable'],
  setUp: async (stage) => {
    const environment = { ...competitorEnvironment(), BENCH_POSTGRES_URL: await startPostgres(stage) };
    return stage.program('worker', { file: 'competitors/dbos/app.cjs', environment });
  },
};
