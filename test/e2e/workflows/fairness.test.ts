import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import type { WorkflowHandle, WorkflowHandleWithFirstExecutionRunId, WorkflowStartOptions } from '@temporalio/client';
import { createSoarRunnerClient } from '../../../src/client/start-once.js';
import type { BatchItem } from '../../../src/contracts/enrich-batch.js';
import { BATCH_PRIORITY_KEY } from '../../../src/model/options.js';
import type { enrichBatch } from '../../../src/workflows/batch/enrich-batch.js';
import type { runAction } from '../../../src/workflows/run/run-action.js';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { eventually } from '../support/phases.js';
import { isSubmission, simulate } from '../support/requests.js';

type Priority = WorkflowStartOptions['priority'];
type StartedBatch = WorkflowHandleWithFirstExecutionRunId;

const RUNS = 40;
/** Each has half of what may be in flight. */
const CHILDREN = 2;
const request = { ...simulate({}), targets: [{ app_id: 2, assets: ['lab'] }] };

function items(batch: string): BatchItem[] {
  return Array.from({ length: 2 * RUNS }, (_, index) => ({ message: `${batch} ${index}` }));
}

/**
 * Everything that is to be posted queues up in Temporal first, while no worker takes activities; then one worker takes them
 * one by one, and the order of the POSTs is the order of the queue.
 */
describe('who goes first when work has queued up', () => {
  let harness: Harness;
  /** The bodies of the POSTs in the order they came. */
  let posted: string[];

  beforeEach(async () => {
    posted = [];
    const beforeHandle = async (incoming: Request): Promise<undefined> => {
      if (isSubmission(incoming)) posted.push(await incoming.clone().text());
    };
    harness = await createHarness({ faults: { beforeHandle } });
  });
  afterEach(() => harness.close());

  const startBatch = (id: string, name: string) =>
    harness.client.workflow.start<typeof enrichBatch>('enrichBatch', {
      workflowId: id,
      taskQueue: harness.taskQueue,
      args: [{ request, items: items(name), options: { itemsPerRun: 2, maxRunsInFlight: RUNS } }],
    });

  const startSingle = (message: string, priority?: Priority) =>
    harness.client.workflow.start<typeof runAction>('runAction', {
      workflowId: `single-${randomUUID()}`,
      taskQueue: harness.taskQueue,
      args: [simulate({ message })],
      ...(priority ? { priority } : {}),
    });

  const hasQueued = (workflowId: string): Promise<true> =>
    eventually(async () => {
      const described = await harness.client.workflow
        .getHandle(workflowId)
        .describe()
        .catch(() => undefined);
      return described?.raw.pendingActivities?.length ? true : undefined;
    });

  const allQueued = async ({ workflowId }: WorkflowHandle): Promise<void> => {
    for (let n = 0; n < CHILDREN; n++) await hasQueued(`${workflowId}/${n}`);
  };

  /** Starts workflows while nothing takes their activities, then lets one worker take them and see all to their ends. */
  const queueAndRun = async (start: () => Promise<WorkflowHandle[]>): Promise<void> => {
    const waiting = await harness.worker({ enableNonLocalActivities: false });
    const handles = await waiting.runUntil(start);
    const worker = await harness.worker({ maxConcurrentActivityTaskExecutions: 1 });
    await worker.runUntil(() => Promise.all(handles.map((handle) => handle.result())));
  };

  const placeOfAnalyst = async (priorityOf: (batch: StartedBatch) => Priority): Promise<number> => {
    await queueAndRun(async () => {
      const batch = await startBatch(`batch-${randomUUID()}`, 'batch');
      await allQueued(batch);
      const analyst = await startSingle('analyst', priorityOf(batch));
      await hasQueued(analyst.workflowId);
      return [batch, analyst];
    });
    return posted.findIndex((body) => body.includes('analyst'));
  };

  it('an analyst’s action goes before what a batch has queued', async () => {
    expect(await placeOfAnalyst(() => undefined)).toBeLessThan(5);
  });

  it('control: with the batch’s own priority it waits behind what is queued', async () => {
    const asBatch = (batch: StartedBatch) => ({
      priorityKey: BATCH_PRIORITY_KEY,
      fairnessKey: batch.firstExecutionRunId,
    });
    expect(await placeOfAnalyst(asBatch)).toBeGreaterThan(RUNS / 2);
  });

  it('an action whose caller says that it is urgent waits behind the single actions that came before', async () => {
    await queueAndRun(async () => {
      const before = await startSingle('before');
      await hasQueued(before.workflowId);
      const urgent = await startSingle('urgent', { priorityKey: 1 });
      await hasQueued(urgent.workflowId);
      return [before, urgent];
    });
    expect(posted.map((body) => body.includes('urgent'))).toEqual([false, true]);
  });

  /** How many of the first half of the POSTs are those of the batch that came later. */
  const shareOfLaterBatch = async (ids: readonly [string, string]): Promise<number> => {
    await queueAndRun(async () => {
      const first = await startBatch(ids[0], 'first');
      await allQueued(first);
      const second = await startBatch(ids[1], 'second');
      await allQueued(second);
      return [first, second];
    });
    return posted.slice(0, RUNS).filter((body) => body.includes('"second')).length;
  };

  it('two batches share evenly, whoever came first', async () => {
    expect(await shareOfLaterBatch([`batch-${randomUUID()}`, `batch-${randomUUID()}`])).toBeGreaterThan(RUNS / 3);
  });

  it('two batches share evenly also where the one is called nearly as the other', async () => {
    const end = `${randomUUID()}${randomUUID()}`;
    expect(await shareOfLaterBatch([`one-${end}`, `two-${end}`])).toBeGreaterThan(RUNS / 3);
  });

  /** The place of the analyst's action behind ten of a script, each started by our client under an identity. */
  const placeBehindScript = async (script: string, analyst: string): Promise<number> => {
    await queueAndRun(async () => {
      const started: string[] = [];
      for (const identity of [...Array.from({ length: 10 }, () => script), analyst]) {
        const { connection } = harness.client;
        const runner = createSoarRunnerClient(new Client({ connection, identity }), harness.taskQueue);
        const message = started.length < 10 ? 'of the script' : 'analyst';
        const { workflowId } = await runner.runAction(`single-${randomUUID()}`, simulate({ message }));
        await hasQueued(workflowId);
        started.push(workflowId);
      }
      return started.map((id) => harness.client.workflow.getHandle(id));
    });
    return posted.findIndex((body) => body.includes('analyst'));
  };

  it('an analyst’s client takes its turn among the many single actions of another', async () => {
    expect(await placeBehindScript('1@script', '2@analyst')).toBeLessThan(4);
  });

  it('control: started by the same client it waits behind all of them', async () => {
    expect(await placeBehindScript('1@script', '1@script')).toBe(10);
  });

  it('control: of actions with one fairness key the later ones wait', async () => {
    const asOne = { priorityKey: BATCH_PRIORITY_KEY, fairnessKey: 'one' };
    await queueAndRun(async () => {
      const handles: WorkflowHandle[] = [];
      for (const name of ['first', 'second'])
        for (let n = 0; n < RUNS / 4; n++) {
          const handle = await startSingle(name, asOne);
          await hasQueued(handle.workflowId);
          handles.push(handle);
        }
      return handles;
    });
    expect(posted.slice(0, RUNS / 4).filter((body) => body.includes('second'))).toHaveLength(0);
  });
});
