import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import { startForeignWorker } from '../support/foreign-worker.js';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { eventually } from '../support/phases.js';
import { simulate } from '../support/requests.js';

/** Temporal keeps the first kind for itself; the others are names like any. */
const NAMES = [
  '__temporal_x',
  '__temporal_workflow_metadata',
  '__temporal_workflow_stream_poll',
  '__stack_trace',
  '__enhanced_stack_trace',
  '__proto__',
  'constructor',
  'x'.repeat(900),
];

describe('a signal, an update or a query of a name that Temporal keeps for itself', () => {
  let harness: Harness;

  beforeAll(async () => {
    harness = await createHarness();
    await harness.serve();
  });
  afterAll(() => harness.close());

  const start = (type: string, args: unknown[]) =>
    harness.client.workflow.start(type, { workflowId: `names-${randomUUID()}`, taskQueue: harness.taskQueue, args });
  const failedTasks = async (handle: WorkflowHandle): Promise<number> => {
    const { events } = await handle.fetchHistory();
    return (events ?? []).filter(({ workflowTaskFailedEventAttributes: failed }) => failed).length;
  };
  /** Everything that a caller can send under a name; what is refused is refused. */
  const sendAll = async (handle: WorkflowHandle): Promise<unknown[]> => {
    const sent: unknown[] = [];
    for (const name of NAMES) {
      await handle.signal(name, 1);
      sent.push(await handle.executeUpdate(name, { args: [1] }).catch((error: unknown) => String(error)));
      sent.push(await handle.query(name).catch((error: unknown) => String(error)));
    }
    return sent;
  };

  it('keeps no run from going on, nor a cancel from getting in', async () => {
    const handle = await harness.start(simulate({ seconds: 600 }));
    await sendAll(handle);
    const { unknownCalls } = await handle.query<{ unknownCalls: readonly string[] }>('status');
    expect(unknownCalls.join()).toContain('__temporal_x');
    await handle.signal('cancel');
    expect(await handle.result()).toMatchObject({ outcome: 'cancelled' });
    expect(await failedTasks(handle)).toBe(0);
  });

  it('keeps no batch and no group of its from going on', async () => {
    const request = { ...simulate({}), targets: [{ app_id: 2, assets: ['lab'] }] };
    const items = Array.from({ length: 3 }, (_, n) => ({ seconds: 600, message: String(n) }));
    const batch = await start('enrichBatch', [{ request, items, streamed: true, options: { itemsPerRun: 1 } }]);
    const group = harness.client.workflow.getHandle(`${batch.workflowId}/0`);
    await eventually(async () =>
      group.describe().then(
        () => true,
        () => undefined,
      ),
    );
    await Promise.all([sendAll(batch), sendAll(group)]);
    await batch.signal('cancel');
    expect(await batch.result()).toMatchObject({ outcome: 'cancelled', total: 3 });
    expect([await failedTasks(batch), await failedTasks(group)]).toEqual([0, 0]);
  });

  it('keeps no reader and no sweeper from its end', async () => {
    const followed = await harness.start(simulate({ seconds: 600 }));
    const reader = await start('readRows', [{ workflowId: followed.workflowId, waitSecs: 10 }]);
    await sendAll(reader);
    expect(await reader.result()).toMatchObject({ rows: [] });
    const none = { workflowId: 'x', runId: 'y', isGroup: false, actionRunId: null, mode: 'cancel' };
    const sweeper = await harness.client.workflow.signalWithStart('cancelOrphan', {
      workflowId: `names-${randomUUID()}`,
      taskQueue: harness.taskQueue,
      args: [{ ...none, tag: `soar-runner:${randomUUID()}` }],
      signal: '__temporal_x',
    });
    await expect(sweeper.result()).rejects.toThrow();
    expect([await failedTasks(reader), await failedTasks(sweeper)]).toEqual([0, 0]);
    await followed.signal('cancel');
    await followed.result();
  });

  it('control: without our interceptor it fails the workflow task again and again', async () => {
    const foreign = await startForeignWorker(harness);
    const options = { workflowId: `names-${randomUUID()}`, taskQueue: foreign.taskQueue, args: [] };
    const handle = await harness.client.workflow.start('listener', options);
    await handle.signal('__temporal_x');
    await eventually(async () => ((await failedTasks(handle)) > 0 ? true : undefined));
    await handle.terminate();
    await foreign.rest();
    await foreign.close();
  });

  it('as the type of a workflow is refused by name', async () => {
    const handle = await start('__temporal_x', []);
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'UnknownWorkflowType' } });
  });
});
