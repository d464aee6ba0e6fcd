/**
 * SOAR's REST API as somebody writes it who wants the job done and no guarantees: what every contender but ours calls. It has
 * the same HTTP library, connections and keep-alive as ours, so that what differs is the engine.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import { z } from 'zod';
import type { RunActionRequest } from '../../src/contracts/run-action.js';
import { POLL } from './poll-schedule.js';
import type { SoarAddress } from './start-soar.js';

const CONNECTIONS = 32;
const REQUEST_TIMEOUT_MS = 30_000;

const queuedSchema = z.object({ action_run_id: z.int() });
const statusSchema = z.object({ status: z.string() });
const appRunsSchema = z.object({ data: z.array(z.object({ id: z.int() })) });
const resultSchema = z.object({ status: z.string(), parameter: z.record(z.string(), z.unknown()) });
const resultsSchema = z.object({ data: z.array(resultSchema) });

/** The row that a job is about. */
export type ActionResult = z.infer<typeof resultSchema>;

/** The calls of one job, in their order. */
export interface SoarCalls {
  /** POSTs the action; gives the action_run's id. */
  submit(request: RunActionRequest): Promise<number>;
  hasEnded(actionRunId: number): Promise<boolean>;
  /** Looks again and again for up to `forMs`; true once the run has ended. */
  untilEnded(actionRunId: number, forMs: number): Promise<boolean>;
  appRunIds(actionRunId: number): Promise<number[]>;
  results(appRunId: number): Promise<ActionResult[]>;
  close(): Promise<void>;
}

/** Makes them, on a pool of keep-alive connections. */
export function createSoarCalls({ url, token }: SoarAddress): SoarCalls {
  const pool = new Pool(url, { connections: CONNECTIONS, headersTimeout: REQUEST_TIMEOUT_MS });
  const headers = { 'ph-auth-token': token, 'content-type': 'application/json' };
  const ask = async <T>(schema: z.ZodType<T>, path: string, body?: unknown): Promise<T> => {
    const method = body === undefined ? 'GET' : 'POST';
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await pool.request({ path: `/rest/${path}`, method, headers, ...sent });
    if (answer.statusCode !== 200)
      throw new Error(`${method} ${path}: HTTP ${answer.statusCode} ${await answer.body.text()}`);
    return schema.parse(await answer.body.json());
  };
  const hasEnded = async (id: number): Promise<boolean> => {
    const { status } = await ask(statusSchema, `action_run/${id}`);
    return status !== 'pending' && status !== 'running';
  };
  return {
    submit: async (request) => (await ask(queuedSchema, 'action_run', request)).action_run_id,
    hasEnded,
    untilEnded: (id, forMs) => lookUntil(() => hasEnded(id), forMs),
    appRunIds: async (id) => (await ask(appRunsSchema, `action_run/${id}/app_runs`)).data.map((appRun) => appRun.id),
    results: async (id) => (await ask(resultsSchema, `app_run/${id}/action_result?page_size=0`)).data,
    close: () => pool.close(),
  };
}

async function lookUntil(isOver: () => Promise<boolean>, forMs: number): Promise<boolean> {
  const deadlineMs = Date.now() + forMs;
  for (
    let intervalMs: number = POLL.firstIntervalMs;
    ;
    intervalMs = Math.min(intervalMs * POLL.factor, POLL.maxIntervalMs)
  ) {
    if (await isOver()) return true;
    if (Date.now() > deadlineMs) return false;
    await delay(intervalMs);
  }
}
