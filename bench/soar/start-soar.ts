import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import { startProgram } from '../programs/start-program.js';

/** Where a contender finds SOAR. */
export interface SoarAddress {
  readonly url: string;
  readonly token: string;
}

/** An embedded SOAR of one trial's own, and what the bench asks it behind the contender's back. */
export interface BenchSoar extends SoarAddress {
  readonly pid: number;
  /** REST calls so far. */
  requests(): Promise<number>;
  actionRuns(): Promise<number>;
  /** When each action_run really ended, in ms since 1970, by its id. */
  endTimes(): Promise<ReadonlyMap<number, number>>;
  stop(): Promise<void>;
}

const runsSchema = z.object({ data: z.array(z.object({ id: z.int(), close_time: z.string().nullable() })) });

/** Starts one with `containers` containers: ids 1 to `containers`. */
export async function startSoar(directory: string, containers: number): Promise<BenchSoar> {
  const token = randomUUID();
  const logFile = path.join(directory, 'soar.log');
  const program = await startProgram({
    file: 'soar/soar-process.ts',
    logFile,
    environment: { BENCH_SOAR_TOKEN: token },
  });
  const url = await program.call('url', z.string());
  const ask = async (resource: string, body?: unknown): Promise<unknown> => {
    const headers = { 'ph-auth-token': token, 'content-type': 'application/json' };
    const request = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const answer = await fetch(`${url}/rest/${resource}`, { headers, ...request });
    if (!answer.ok) throw new Error(`SOAR answers ${answer.status} to ${resource}`);
    return answer.json();
  };
  // Container 1 is there from the start.
  const missing = Array.from({ length: containers - 1 }, (_, index) => ({
    name: `bench ${index + 2}`,
    label: 'events',
  }));
  if (missing.length > 0) await ask('container', missing);
  return {
    url,
    token,
    pid: program.pid,
    requests: () => program.call('requests', z.number()),
    actionRuns: () => program.call('actionRuns', z.number()),
    endTimes: async () => {
      const { data } = runsSchema.parse(await ask('action_run?page_size=0'));
      return new Map(data.map(({ id, close_time }) => [id, Date.parse(close_time ?? '')]));
    },
    stop: () => program.stop(),
  };
}
