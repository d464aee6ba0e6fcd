import { competitorEnvironment } from '../competitors/install.js';
import { startRedis } from '../engines/redis.js';
import type { Contender } from './contender.js';

/** A job queue. */
export const bullmq: Contender = {
  name: 'bullmq',
  description: 'BullMQ on Redis, a job a row; waits are delayed jobs; a power cut loses the last second',
  scenarios: ['packable', 'unpackable'],
  setUp: async (stage) => {
    const redisPort = await startRedis(stage);
    const environment = { ...competitorEnvironment(), BENCH_REDIS_PORT: String(redisPort) };
    await stage.program('worker', { file: 'competitors/bullmq/worker.cjs', environment });
    return stage.program('client', { file: 'competitors/bullmq/client.cjs', environment });
  },
};
