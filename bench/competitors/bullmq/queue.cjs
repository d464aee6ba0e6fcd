/** What the worker and the client of BullMQ agree on. */
const QUEUE = 'actions';

function connection() {
  return { host: '127.0.0.1', port: Number(process.env.BENCH_REDIS_PORT), maxRetriesPerRequest: null };
}

module.exports = { QUEUE, connection };
