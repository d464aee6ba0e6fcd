/**
 * How many status GETs a second the embedded SOAR answers. The server has a process of its own and so one core at most; this
 * process makes the load. Three rounds after a warm-up, and their median by requests a second.
 *
 *     npm run bench:sim [-- --requests 20000]
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Pool } from 'undici';
import { z } from 'zod';
import { startSoarSim } from '../src/sim/index.js';

const LOADER = path.join(__dirname, '../scripts/load-typescript.cjs');
const TOKEN = 'bench';
const CONNECTIONS = 16;
const RUNS = 1_000;
const ROUNDS = 3;
const TARGET_PER_SECOND = 2_000;

/** What one round came to. CPU time is the server's, system time included. */
interface Round {
  readonly perSecond: number;
  readonly cpuMsPerRequest: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { requests: { type: 'string', default: '20000' } } });
  const requests = z.coerce.number().int().positive().parse(values.requests);
  const server = fork(__filename, ['server'], { execArgv: ['-r', LOADER] });
  const exited = once(server, 'exit');
  try {
    const { url } = z.object({ url: z.string() }).parse(await messageOf(server));
    const pool = new Pool(url, { connections: CONNECTIONS, pipelining: 1 });
    await submitRuns(pool);
    say(
      `GET /rest/action_run/<id>: ${requests} a round, ${CONNECTIONS} connections, ${RUNS} runs, Node ${process.version}`,
    );
    await round(pool, server, Math.ceil(requests / 4));
    const rounds: Round[] = [];
    for (let index = 0; index < ROUNDS; index += 1) rounds.push(await round(pool, server, requests));
    for (const each of rounds) say(`round:  ${describe(each)}`);
    say(`median: ${describe(medianOf(rounds))} (target: ${TARGET_PER_SECOND} requests/s)`);
    await pool.close();
  } finally {
    server.kill();
    await exited;
  }
}

/** Runs as a batch leaves them: ended, with one result each. */
async function submitRuns(pool: Pool): Promise<void> {
  const targets = [{ app_id: 2, assets: ['lab'], parameters: [{ seconds: 0 }] }];
  const body = JSON.stringify({ action: 'simulate', container_id: 1, name: 'bench', targets });
  for (let index = 0; index < RUNS; index += 1) await ask(pool, 'POST', '/rest/action_run', body);
}

async function round(pool: Pool, server: ChildProcess, requests: number): Promise<Round> {
  const cpuMsBefore = await cpuMsOf(server);
  const startedAtMs = performance.now();
  let next = 0;
  const stream = async (): Promise<void> => {
    while (next < requests) {
      next += 1;
      await ask(pool, 'GET', `/rest/action_run/${(next % RUNS) + 1}`);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, stream));
  const seconds = (performance.now() - startedAtMs) / 1000;
  return { perSecond: requests / seconds, cpuMsPerRequest: ((await cpuMsOf(server)) - cpuMsBefore) / requests };
}

/** Reads the whole answer; anything but 200 ends the measurement. */
async function ask(pool: Pool, method: 'GET' | 'POST', target: string, body?: string): Promise<void> {
  const headers = { 'ph-auth-token': TOKEN };
  const answer = await pool.request({ method, path: target, headers, ...(body === undefined ? {} : { body }) });
  await answer.body.dump();
  if (answer.statusCode !== 200) throw new Error(`${method} ${target}: HTTP ${answer.statusCode}`);
}

async function cpuMsOf(server: ChildProcess): Promise<number> {
  server.send('cpu');
  return z.object({ cpuMs: z.number() }).parse(await messageOf(server)).cpuMs;
}

/** The next message; rejects where the server has ended instead. */
async function messageOf(server: ChildProcess): Promise<unknown> {
  const given = new AbortController();
  const ended = once(server, 'exit', given).then(() => Promise.reject(new Error('the server has ended')));
  try {
    const messages: readonly unknown[] = await Promise.race([once(server, 'message', given), ended]);
    return messages[0];
  } finally {
    given.abort();
  }
}

function medianOf(rounds: readonly Round[]): Round {
  const sorted = [...rounds].sort((a, b) => a.perSecond - b.perSecond);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (!middle) throw new Error('there was no round');
  return middle;
}

function describe({ perSecond, cpuMsPerRequest }: Round): string {
  return `${perSecond.toFixed(0)} requests/s, ${cpuMsPerRequest.toFixed(3)} ms of CPU a request`;
}

/** The server's side: says where it is, and its CPU time whenever it is asked. */
async function serve(): Promise<void> {
  const { url } = await startSoarSim({ token: TOKEN });
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuMs: (user + system) / 1000 });
  });
  process.send?.({ url });
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

const role = process.argv[2] === 'server' ? serve : main;
role().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
