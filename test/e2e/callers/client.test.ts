import { randomUUID } from 'node:crypto';
import { SoarRunner } from '../../../src/client/soar-runner.js';
import {
  ActionNotSuccessful,
  InvalidInput,
  NoSuchWorkflow,
  NoWorker,
  SoarRefused,
  TemporalUnavailable,
  WorkflowBroken,
} from '../../../src/client/errors.js';
import { IdempotencyConflict } from '../../../src/client/start-once.js';
import type { RunState } from '../../../src/model/run-state.js';
import { envelope } from '../support/answers.js';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { geolocate, simulate } from '../support/requests.js';
import { testServer } from '../support/test-server.js';
import { startWorkerProcess } from '../support/worker-process.js';

describe('the client library', () => {
  let harness: Harness;
  let soar: SoarRunner;

  beforeAll(async () => {
    harness = await createHarness({
      breaker: false,
      faults: {
        beforeHandle: async (incoming) => {
          if (incoming.method !== 'POST') return undefined;
          const body = await incoming.text();
          if (body.includes('lose me')) return new Response('gateway', { status: 504 });
          return body.includes('refuse me') ? envelope(400, 'not with me') : undefined;
        },
      },
    });
    await harness.serve();
    soar = await SoarRunner.connect({ address: testServer().address, taskQueue: harness.taskQueue });
  });
  afterAll(async () => {
    await soar.close();
    await harness.close();
  });

  const key = (): string => `client-${randomUUID()}`;

  it('runs an action, shows its course, and brings its result and its rows', async () => {
    const run = await soar.runAction(key(), simulate({ seconds: 1 }));
    const seen: RunState[] = [];
    for await (const state of run.watch()) seen.push(state);
    expect(seen.at(-1)).toMatchObject({ phase: 'done', outcome: 'success' });
    expect(seen.length).toBeGreaterThan(1);
    expect(await run.result()).toMatchObject({ outcome: 'success' });
    const rows = [];
    for await (const row of run.rows()) rows.push(row);
    expect(rows).toMatchObject([{ place: 0, status: 'success' }]);
  });

  /** Sends it signals until Temporal takes no more. */
  const useUpSignals = async (workflowId: string): Promise<void> => {
    const handle = harness.client.workflow.getHandle(workflowId);
    const areUsedUp = async (): Promise<boolean> => {
      const noise = Array.from({ length: 100 }, () => handle.signal('noise'));
      return (await Promise.allSettled(noise)).some(({ status }) => status === 'rejected');
    };
    while (!(await areUsedUp()));
    // The control of the clients' way around.
    await expect(handle.signal('cancel')).rejects.toThrow();
  };

  it('cancels an action of which Temporal takes no more signals, because somebody has used them up', async () => {
    const run = await soar.runAction(key(), simulate({ seconds: 600 }));
    await useUpSignals(run.workflowId);
    await run.cancel('enough');
    expect(await run.result()).toMatchObject({ outcome: 'cancelled' });
  });

  it('cancels an action whose signals were used up while no worker was there: its first task has them all', async () => {
    await harness.rest();
    const run = await soar.runAction(key(), simulate({ seconds: 600 }));
    await useUpSignals(run.workflowId);
    const worker = await startWorkerProcess('product', harness.sim, harness.taskQueue);
    try {
      await run.cancel('enough');
      expect(await run.result()).toMatchObject({ outcome: 'cancelled' });
    } finally {
      await worker.terminate();
      await harness.serve();
    }
  });

  it('cancels an action, by signal and with SOAR’s answer, and resolves a submission', async () => {
    const one = await soar.runAction(key(), simulate({ seconds: 600 }));
    await one.cancel('enough');
    expect(await one.result()).toMatchObject({ outcome: 'cancelled', cancel: { reason: 'enough' } });
    const other = await soar.runAction(key(), simulate({ seconds: 600 }));
    expect(await other.requestCancel('enough')).toMatchObject({ accepted: true });
    const lost = await soar.runAction(key(), geolocate(['8.8.8.8'], { name: 'lose me' }), {
      whenUncertain: 'ask',
      settleSecs: 0,
    });
    for await (const { phase } of lost.watch()) if (phase === 'awaitingResolution') break;
    await expect(lost.resolveSubmission({ decision: 'adopt' })).rejects.toMatchObject({ code: 'InvalidResolution' });
    await lost.resolveSubmission({ decision: 'abandon' });
    expect(await lost.result()).toMatchObject({ actionRunId: null });
  });

  it('runs a batch from a generator, and gives its rows as they come, in order', async () => {
    async function* items() {
      for (let n = 0; n < 2_345; n += 1) yield await Promise.resolve({ message: `item ${n}` });
    }
    const request = { ...simulate({}), targets: [{ app_id: 2, assets: ['lab'] }] };
    const id = key();
    const batch = await soar.enrichBatch(id, { request, items: items() });
    const found: unknown[] = [];
    for await (const { item } of batch.rows()) found.push(item);
    expect(found).toEqual(Array.from({ length: 2_345 }, (_, n) => ({ message: `item ${n}` })));
    expect(await batch.result()).toMatchObject({ outcome: 'success', distinct: 2_345 });
    // The key means the same batch.
    await (await soar.enrichBatch(id, { request, items: items() })).result();
    expect((await soar.find(id)).workflowId).toBe(id);
  });

  it.each<[string, () => Promise<unknown>, new (...args: never[]) => Error, string]>([
    [
      'a wrong field',
      () => soar.runAction(key(), { ...geolocate([]), targets: [] }),
      InvalidInput,
      'SOAR_INVALID_REQUEST',
    ],
    ['a key that names nothing', () => soar.action('nowhere').status(), NoSuchWorkflow, 'NOT_FOUND'],
    ['a key that names no action', () => soar.find('nowhere'), NoSuchWorkflow, 'NOT_FOUND'],
    [
      'SOAR’s refusal',
      async () => (await soar.runAction(key(), geolocate(['8.8.8.8'], { name: 'refuse me' }))).result(),
      SoarRefused,
      'SOAR_BAD_REQUEST',
    ],
    [
      'an end that is no success, where asked',
      async () => (await soar.runAction(key(), simulate({ outcome: 'failed' }), { failUnlessSuccess: true })).result(),
      ActionNotSuccessful,
      'ActionRunNotSuccessful',
    ],
    [
      'a workflow that was terminated',
      async () => {
        const run = await soar.runAction(key(), simulate({ seconds: 600 }));
        await harness.client.workflow.getHandle(run.workflowId).terminate();
        return run.result();
      },
      WorkflowBroken,
      'TerminatedFailure',
    ],
    [
      'another request under a key',
      async () => {
        const id = key();
        await soar.runAction(id, geolocate(['8.8.8.8']));
        return soar.runAction(id, geolocate(['1.1.1.1']));
      },
      IdempotencyConflict,
      'IDEMPOTENCY_CONFLICT',
    ],
    [
      'Temporal that is away',
      () => SoarRunner.connect({ address: '127.0.0.1:1', connectTimeout: 500 }),
      TemporalUnavailable,
      'TEMPORAL_UNAVAILABLE',
    ],
    [
      'a task queue without a worker',
      async () => {
        const nobody = SoarRunner.on(harness.client, `nobody-${randomUUID()}`);
        const run = await nobody.runAction(key(), geolocate(['8.8.8.8']));
        return run.status().finally(() => harness.client.workflow.getHandle(run.workflowId).terminate());
      },
      NoWorker,
      'NO_WORKER',
    ],
  ])('says %s by a class and a code', async (_what, call, type, code) => {
    const error: unknown = await call().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({ code, message: expect.stringMatching(/\S/) as string });
  });
});
