import { randomUUID } from 'node:crypto';
import { createSoarRunnerClient } from '../../../src/client/soar-runner.js';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { eventually, inPhase } from '../support/phases.js';
import { isSubmission, simulate } from '../support/requests.js';

const BATCH = { ...simulate({}, { type: 'investigate' }), targets: [{ app_id: 2, assets: ['lab'] }] };
const rows = (count: number, seconds: number) =>
  Array.from({ length: count }, (_, n) => ({ message: `row ${n}`, seconds }));

describe('one logical execution', () => {
  let harness: Harness;

  beforeEach(async () => {
    harness = await createHarness();
  });
  afterEach(() => harness.close());

  const startBatch = (workflowId: string, items: object[], itemsPerRun: number) =>
    harness.client.workflow.start('enrichBatch', {
      workflowId,
      taskQueue: harness.taskQueue,
      args: [{ request: BATCH, items, options: { itemsPerRun, maxRunsInFlight: 2 } }],
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    });

  /** Resets to the first workflow task, as `temporal workflow reset --type FirstWorkflowTask` does. */
  const reset = async (workflowId: string): Promise<void> => {
    const { runId, raw } = await harness.client.workflow.getHandle(workflowId).describe();
    expect(raw.workflowExecutionInfo).toBeDefined();
    const { history } = await harness.client.workflowService.getWorkflowExecutionHistory({
      namespace: 'default',
      execution: { workflowId, runId },
    });
    const first = history?.events?.find(
      ({ workflowTaskCompletedEventAttributes }) => workflowTaskCompletedEventAttributes,
    );
    await harness.client.workflowService.resetWorkflowExecution({
      namespace: 'default',
      workflowExecution: { workflowId, runId },
      workflowTaskFinishEventId: first?.eventId ?? null,
      requestId: randomUUID(),
      reason: 'test',
    });
  };

  it('of a batch runs nothing again when it is reset after its end', async () => {
    const workflowId = `batch-${randomUUID()}`;
    const [first, again] = await harness.running(async () => {
      const ended: unknown = await (await startBatch(workflowId, rows(6, 0), 2)).result();
      await reset(workflowId);
      return [ended, (await harness.client.workflow.getHandle(workflowId).result()) as unknown];
    });
    expect(again).toEqual(first);
    expect(harness.sim.counts().actionRuns).toBe(3);
  });

  it('of a batch goes on with its children when it is reset in the middle', async () => {
    const workflowId = `batch-${randomUUID()}`;
    const result: unknown = await harness.running(async () => {
      await startBatch(workflowId, rows(6, 3), 2);
      await eventually(() => Promise.resolve(harness.sim.counts().actionRuns >= 2 ? true : undefined));
      await reset(workflowId);
      const ended: unknown = await harness.client.workflow.getHandle(workflowId).result();
      return ended;
    });
    expect(result).toMatchObject({ total: 6 });
    expect(JSON.stringify(result)).not.toContain('already started');
    expect(harness.sim.counts().actionRuns).toBeLessThanOrEqual(4);
  });

  it('that is terminated and started again under its id waits for children that still cancel', async () => {
    const workflowId = `batch-${randomUUID()}`;
    const result: unknown = await harness.running(async () => {
      const first = await startBatch(workflowId, rows(4, 600), 2);
      await eventually(() => Promise.resolve(harness.sim.counts().actionRuns >= 2 ? true : undefined));
      await first.terminate('to be run anew');
      const ended: unknown = await (await startBatch(workflowId, rows(4, 0), 2)).result();
      return ended;
    });
    expect(result).toMatchObject({ total: 4, succeeded: 4, failed: 0 });
    expect(JSON.stringify(result)).not.toContain('already started');
  });

  it('with a timeout of the caller’s cancels its run before it, and says which it was', async () => {
    const { result, run } = await harness.running(async () => {
      const handle = await harness.client.workflow.start('runAction', {
        workflowId: `run-${randomUUID()}`,
        taskQueue: harness.taskQueue,
        args: [simulate({ seconds: 600 })],
        workflowExecutionTimeout: '20s',
      });
      const ended: unknown = await handle.result().catch((error: unknown) => error);
      return { result: ended, run: await harness.soar.getActionRun(1) };
    });
    expect(result).toMatchObject({ outcome: 'timedOut', actionRunId: 1, cancel: { accepted: true } });
    expect(run.cancelled).toBeTruthy();
  });

  it('with the same id and another request is refused by the client, with both digests', async () => {
    const runner = createSoarRunnerClient(harness.client, harness.taskQueue);
    const workflowId = `incident-${randomUUID()}`;
    await harness.running(async () => {
      const request = simulate({ message: 'one' });
      const first = await runner.runAction(workflowId, request);
      const same = await runner.runAction(workflowId, { ...request, exec_delay_secs: null });
      expect(await same.result()).toEqual(await first.result());
      await expect(runner.runAction(workflowId, simulate({ message: 'two' }))).rejects.toMatchObject({
        name: 'IdempotencyConflict',
        existingDigest: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
      });
    });
  });
});

describe('a retry policy of the caller’s', () => {
  it('does not try a refused request again', async () => {
    const harness = await createHarness();
    let attempts = 0;
    const failure: unknown = await harness.running(async () => {
      const handle = await harness.client.workflow.start('runAction', {
        workflowId: `run-${randomUUID()}`,
        taskQueue: harness.taskQueue,
        args: [{ ...simulate({}), targets: [] }],
        retry: { maximumAttempts: 5, initialInterval: '100ms' },
      });
      const ended: unknown = await handle.result().catch((error: unknown) => error);
      attempts = (await handle.describe()).raw.workflowExecutionInfo?.executionTime ? 1 : 0;
      return ended;
    });
    await harness.close();
    expect(failure).toMatchObject({ cause: { type: 'SOAR_INVALID_REQUEST', nonRetryable: true } });
    expect(attempts).toBe(1);
  });

  it('finds the run of the attempt that Temporal timed out', async () => {
    const posts: string[] = [];
    const beforeHandle = async (request: Request): Promise<undefined> => {
      if (isSubmission(request)) posts.push(await request.text());
      return undefined;
    };
    const harness = await createHarness({ faults: { beforeHandle } });
    const handle = await harness.client.workflow.start('runAction', {
      workflowId: `run-${randomUUID()}`,
      taskQueue: harness.taskQueue,
      args: [simulate({ seconds: 8 }), { settleSecs: 0.2 }],
      workflowRunTimeout: '6s',
      retry: { maximumAttempts: 10, initialInterval: '100ms' },
    });
    const first = await harness.worker();
    await first.runUntil(() => inPhase(handle, 'awaitingActionRun'));
    const result: unknown = await harness.running(() => handle.result().catch((error: unknown) => error));
    await harness.close();
    expect(posts).toHaveLength(1);
    expect(result).toBeDefined();
  });
});
