import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import type { WorkflowHandle, WorkflowHandleWithFirstExecutionRunId, WorkflowStartOptions } from '@temporalio/client';
import { createSoarRunnerClient } from '../../../src/client/soar-runner.js';
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

  /** Starts a batch, and comes back when all that it may have in flight is queued. */
  const queueBatch = async (id: string, name: string): Promise<StartedBatch> => {
    const batch = await harness.client.workflow.start<typeof enrichBatch>('enrichBatch', {
      workflowId: id,
      taskQueue: harness.taskQueue,
      args: [{ request, items: items(name), options: { itemsPerRun: 2, maxRunsInFlight: RUNS } }],
    });
    await runCheck();
    await whileNoneAreTaken(async () => {
      for (let n = 0; n < CHILDREN; n++) await hasQueued(`${id}/${n}`);
    });
    return batch;
  };

  /** The check of a batch goes before what batches have queued: this worker takes one activity, and no other after it. */
  const runCheck = async (): Promise<void> => {
    const checker = await harness.worker({
      maxConcurrentActivityTaskExecutions: 1,
      activities: {
        ...harness.activities,
        validateBatch: (input: unknown) => {
          checker.shutdown();
          return harness.activities.validateBatch(input);
        },
      },
    });
    await checker.run();
  };

  /** Workflows go on meanwhile, and their activities queue up. */
  const whileNoneAreTaken = async (body: () => Promise<unknown>): Promise<void> => {
    const waiting = await harness.worker({ enableNonLocalActivities: false });
    await waiting.runUntil(body);
  };

  const queueSingle = async (message: string, priority?: Priority): Promise<WorkflowHandle> => {
    const single = await harness.client.workflow.start<typeof runAction>('runAction', {
      workflowId: `single-${randomUUID()}`,
      taskQueue: harness.taskQueue,
      args: [simulate({ message })],
      ...(priority ? { priority } : {}),
    });
    await whileNoneAreTaken(() => hasQueued(single.workflowId));
    return single;
  };

  const hasQueued = (workflowId: string): Promise<true> =>
    eventually(async () => {
      const described = await harness.client.workflow
        .getHandle(workflowId)
        .describe()
        .catch(() => undefined);
      return described?.raw.pendingActivities?.length ? true : undefined;
    });

  /** Queues the work of workflows, then lets one worker take it and see all to their ends. */
  const queueAndRun = async (queue: () => Promise<WorkflowHandle[]>): Promise<void> => {
    const handles = await queue();
    const worker = await harness.worker({ maxConcurrentActivityTaskExecutions: 1 });
    await worker.runUntil(() => Promise.all(handles.map((handle) => handle.result())));
  };

  const placeOfAnalyst = async (priorityOf: (batch: StartedBatch) => Priority): Promise<number> => {
    await queueAndRun(async () => {
      const batch = await queueBatch(`batch-${randomUUID()}`, 'batch');
      return [batch, await queueSingle('analyst', priorityOf(batch))];
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
    await queueAndRun(async () => [await queueSingle('before'), await queueSingle('urgent', { priorityKey: 1 })]);
    expect(posted.map((body) => body.includes('urgent'))).toEqual([false, true]);
  });

  /** How many of the first half of the POSTs are those of the batch that came later. */
  const shareOfLaterBatch = async (ids: readonly [string, string]): Promise<number> => {
    await queueAndRun(async () => [await queueBatch(ids[0], 'first'), await queueBatch(ids[1], 'second')]);
    return posted.slice(0, RUNS).filter((body) => body.includes('"second')).length;
  };

  it('two batches share evenly, whoever came first', async () => {
    expect(await shareOfLaterBatch([`batch-${randomUUID()}`, `batch-${randomUUID()}`])).toBeGreaterThan(RUNS / 3);
  });

  it('two batches share evenly also if the one is called nearly as the other', async () => {
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
        await whileNoneAreTaken(() => hasQueued(workflowId));
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
        for (let n = 0; n < RUNS / 4; n++) handles.push(await queueSingle(name, asOne));
      return handles;
    });
    expect(posted.slice(0, RUNS / 4).filter((body) => body.includes('second'))).toHaveLength(0);
  });
});
