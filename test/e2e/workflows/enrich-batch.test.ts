import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type {
  BatchItem,
  BatchProgress,
  EnrichBatchInput,
  EnrichBatchResult,
} from '../../../src/contracts/enrich-batch.js';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { eventually } from '../support/phases.js';
import { isSubmission, simulate } from '../support/requests.js';

const request = { ...simulate({}), targets: [{ app_id: 2, assets: ['lab'] }] };
const numbered = (count: number, extra: object = {}): BatchItem[] =>
  Array.from({ length: count }, (_, index) => ({ message: `item ${index}`, ...extra }));

describe('enrichBatch', () => {
  let harness: Harness;
  /** A POST whose body has this text is answered 400, as a SOAR would that cannot take one of its items. */
  let poison: string | undefined;

  beforeEach(async () => {
    poison = undefined;
    const beforeHandle = async (incoming: Request): Promise<Response | undefined> => {
      if (!poison || !isSubmission(incoming) || !(await incoming.text()).includes(poison)) return undefined;
      return Response.json({ failed: true, message: 'cannot take this item' }, { status: 400 });
    };
    harness = await createHarness({ faults: { beforeHandle }, cached: false });
  });
  afterEach(() => harness.close());

  const start = (items: readonly BatchItem[], options?: EnrichBatchInput['options']): Promise<WorkflowHandle> =>
    harness.client.workflow.start('enrichBatch', {
      workflowId: `batch-${randomUUID()}`,
      taskQueue: harness.taskQueue,
      args: [{ request, items, ...(options ? { options } : {}) }],
    });

  const run = (items: readonly BatchItem[], options?: EnrichBatchInput['options']): Promise<EnrichBatchResult> =>
    harness.running(async () => (await start(items, options)).result() as Promise<EnrichBatchResult>);

  const progressOf = (handle: WorkflowHandle) => handle.query<BatchProgress>('progress');

  const timesRun = (): Record<string, number> => {
    const runs = Object.entries(harness.sim.counts().executions['simulate'] ?? {});
    return Object.fromEntries(runs.map(([key, times]) => [/item \d+/.exec(key)?.[0] ?? key, times]));
  };

  it('runs each different item once, packed, and says where the rows are', async () => {
    const items = [...numbered(12), ...numbered(5)];
    const result = await run(items, { itemsPerRun: 5 });
    expect(result).toMatchObject({ outcome: 'success', total: 17, distinct: 12, succeeded: 12, failed: 0 });
    expect(result.runs.map(({ items: ranges }) => ranges)).toEqual([[[0, 5]], [[5, 5]], [[10, 2]]]);
    expect(harness.sim.counts().actionRuns).toBe(3);
    expect(Object.values(timesRun())).toEqual(Array.from({ length: 12 }, () => 1));
  });

  it('keeps to its window', async () => {
    const items = numbered(12, { seconds: 1 });
    await harness.running(async () => {
      const handle = await start(items, { itemsPerRun: 2, maxRunsInFlight: 2 });
      const seen: number[] = [];
      await eventually(async () => {
        const { runsInFlight, done, distinct } = await progressOf(handle);
        seen.push(runsInFlight);
        return distinct > 0 && done === distinct ? true : undefined;
      });
      expect(Math.max(...seen)).toBe(2);
      await handle.result();
    });
  });

  it('runs items that failed in a good run again, in a smaller one, up to itemAttempts', async () => {
    const items = [...numbered(4), { message: 'item 99', outcome: 'failed' }];
    const result = await run(items, { itemAttempts: 3 });
    expect(result).toMatchObject({ outcome: 'success', succeeded: 4, failed: 1 });
    expect(result.runs.map(({ items: ranges }) => ranges)).toEqual([[[0, 5]], [[4, 1]], [[4, 1]]]);
    expect(timesRun()).toMatchObject({ 'item 0': 1, 'item 99': 3 });
  });

  it('splits a run that failed as a whole until the bad item stands alone', async () => {
    poison = 'item 6"';
    const result = await run(numbered(16), { itemsPerRun: 16 });
    expect(result).toMatchObject({ outcome: 'success', succeeded: 15, failed: 1 });
    const alone = result.runs.filter(({ outcome }) => outcome === 'failed').at(-1);
    expect(alone).toMatchObject({
      items: [[6, 1]],
      message: expect.stringContaining('cannot take this item') as string,
    });
    expect(Object.values(timesRun())).toEqual(Array.from({ length: 15 }, () => 1));
  });

  it('starts nothing while it is paused, and goes on when it is resumed', async () => {
    await harness.running(async () => {
      const handle = await start(numbered(40, { seconds: 1 }), { itemsPerRun: 2, maxRunsInFlight: 1 });
      await handle.signal('pause');
      await eventually(async () => {
        const { paused, runsInFlight } = await progressOf(handle);
        return paused && runsInFlight === 0 ? true : undefined;
      });
      const { itemsWaiting } = await progressOf(handle);
      expect(itemsWaiting).toBeGreaterThan(0);
      await handle.executeUpdate<number, [number]>('setMaxRunsInFlight', { args: [20] });
      expect(await progressOf(handle)).toMatchObject({ itemsWaiting, runsInFlight: 0 });
      await handle.signal('resume');
      expect(await handle.result()).toMatchObject({ succeeded: 40 });
    });
  });

  it('that is paused before it has begun starts nothing, and hands nothing on to another run of its workflow', async () => {
    const handle = await start(numbered(2));
    await handle.signal('pause');
    await harness.running(async () => {
      await eventually(async () => ((await progressOf(handle)).paused ? true : undefined));
      expect(await progressOf(handle)).toMatchObject({ itemsWaiting: 2, childrenStarted: 0 });
      const { raw } = await handle.describe();
      expect(raw.workflowExecutionInfo?.execution?.runId).toBe(raw.workflowExecutionInfo?.firstRunId);
      await handle.signal('resume');
      expect(await handle.result()).toMatchObject({ succeeded: 2 });
    });
  });

  it.each(['signal', 'temporal'])('cancelled by %s leaves no run going on in SOAR', async (by) => {
    await harness.running(async () => {
      const handle = await start(numbered(20, { seconds: 600 }), { itemsPerRun: 2, maxRunsInFlight: 3 });
      await eventually(() => Promise.resolve(harness.sim.counts().actionRuns >= 3 ? true : undefined));
      await (by === 'signal' ? handle.signal('cancel', 'enough') : handle.cancel());
      const end: unknown = await handle.result().catch((error: unknown) => error);
      if (by === 'signal') expect(end).toMatchObject({ outcome: 'cancelled', succeeded: 0 });
      else expect(end).toMatchObject({ cause: { name: 'CancelledFailure' } });
    });
    expect(harness.sim.counts().actionRuns).toBe(3);
    const { data } = await harness.soar.listActionRuns({ excludes: { status__in: ['success', 'failed'] } });
    expect(data).toEqual([]);
  });

  it.each([
    [{ items: [] }, /items: must have at least one item/],
    [{ items: ['8.8.8.8'] }, /items\[0\]: must be an object/],
    [
      { request: { ...request, targets: [...request.targets, ...request.targets] } },
      /request\.targets: must have exactly one/,
    ],
    [{ request: simulate({}) }, /request\.targets\[0\]\.parameters: must be absent/],
    [{ options: { itemsPerRun: 0 } }, /options\.itemsPerRun/],
    [{ options: { window: 3 } }, /window/],
    [{ items: [JSON.parse(`${'{"of":'.repeat(500)}1${'}'.repeat(500)}`)] }, /input: must not be nested deeper/],
  ])('refuses %j by the name of the field, and sends nothing', async (change, message) => {
    const failure: unknown = await harness.running(() =>
      harness.client.workflow
        .execute('enrichBatch', {
          workflowId: randomUUID(),
          taskQueue: harness.taskQueue,
          args: [{ request, items: numbered(1), ...change }],
        })
        .catch((error: unknown) => (error instanceof Error ? error.cause : error)),
    );
    expect(JSON.stringify(failure, ['message', 'cause', 'type'])).toMatch(message);
    expect(harness.sim.counts().actionRuns).toBe(0);
  });
});
