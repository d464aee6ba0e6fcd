import type { WorkflowHandle } from '@temporalio/client';
import { WORKFLOW_TYPES } from '../../src/model/names.js';
import type { Faults } from '../../src/sim/index.js';
import type { Harness } from '../e2e/support/harness.js';
import type { EnrichBatchInput } from '../../src/contracts/enrich-batch.js';
import type { enrichBatch } from '../../src/workflows/batch/enrich-batch.js';
import { eventually, inPhase } from '../e2e/support/phases.js';
import { geolocate, isSubmission, simulate } from '../e2e/support/requests.js';

/** A course a workflow can take; one recorded history of each must replay on every later build. */
export interface Shape {
  readonly name: string;
  readonly faults?: Faults;
  /** Runs a workflow through the course to its end. */
  readonly run: (harness: Harness) => Promise<WorkflowHandle>;
}

function onApproval(): ReturnType<typeof simulate> {
  const request = simulate({});
  return { ...request, targets: request.targets.map((target) => ({ ...target, assets: ['lab-approval'] })) };
}

async function ended(handle: WorkflowHandle): Promise<WorkflowHandle> {
  await handle.result().catch(() => undefined);
  return handle;
}

async function answerApproval(harness: Harness, id: number, status: string): Promise<void> {
  const headers = { 'ph-auth-token': harness.sim.token };
  await fetch(`${harness.sim.url}/rest/approval/${id}`, { method: 'POST', headers, body: JSON.stringify({ status }) });
}

/** Does something to the first POST of an action_run only. */
function firstPost(instead: () => Response): NonNullable<Faults['beforeHandle']> {
  let isFirst = true;
  return (request) => {
    if (!isFirst || !isSubmission(request)) return Promise.resolve(undefined);
    isFirst = false;
    return Promise.resolve(instead());
  };
}

const badGateway = (): Response => new Response('bad gateway', { status: 502 });

const LOCATED = { ...geolocate([]), targets: [{ app_id: 1, assets: ['maxmind'] }] };
const SIMULATED = { ...simulate({}), targets: [{ app_id: 2, assets: ['lab'] }] };

/** The workflow id is the shape's name: a batch's children carry it in theirs, so every recording must use the same. */
function startBatch(harness: Harness, name: string, input: Partial<EnrichBatchInput>) {
  return harness.client.workflow.start<typeof enrichBatch>(WORKFLOW_TYPES.enrichBatch, {
    workflowId: name,
    taskQueue: harness.taskQueue,
    args: [{ request: LOCATED, ...input }],
  });
}

const someItems = (count: number) => Array.from({ length: count }, (_, index) => ({ ip: `9.9.9.${index}` }));

/** Batches of runs of one item each, by themselves and by the child that sees the runs through. */
const GROUPED = [
  { name: 'batch-grouped', items: someItems(8), options: {}, child: undefined },
  { name: 'group', items: someItems(8), options: {}, child: 0 },
  { name: 'group-reusing', items: someItems(8), options: { reuseWithinSecs: 3_600 }, child: 0 },
];

/** The first POST is lost: the group hands that run back, and the batch gives it a `runAction` that looks for it first. */
const HANDED_BACK = [
  { name: 'group-handing-back', child: 0 },
  { name: 'begun-by-a-group', child: 1 },
];

export const SHAPES: readonly Shape[] = [
  { name: 'success', run: async (h) => ended(await h.start(geolocate(['8.8.8.8', '10.0.0.1']))) },
  { name: 'delayed', run: async (h) => ended(await h.start(simulate({}, { exec_delay_secs: 1 }))) },
  { name: 'failed', run: async (h) => ended(await h.start(simulate({ outcome: 'failed' }))) },
  { name: 'refused', run: async (h) => ended(await h.start({ ...simulate({}), targets: [] })) },
  {
    name: 'fail-unless-success',
    run: async (h) => ended(await h.start(simulate({ outcome: 'failed' }), { failUnlessSuccess: true })),
  },
  {
    name: 'results-omitted',
    run: async (h) => ended(await h.start(simulate({ bytes: 5_000 }), { inlineResultBytes: 10 })),
  },
  { name: 'timed-out', run: async (h) => ended(await h.start(simulate({ seconds: 600 }), { timeoutSecs: 1 })) },
  {
    name: 'many-app-runs',
    run: async (h: Harness): Promise<WorkflowHandle> => {
      const request = simulate({});
      return ended(await h.start({ ...request, targets: Array.from({ length: 12 }, () => request.targets).flat() }));
    },
  },
  {
    name: 'cancelled-by-signal',
    run: async (h: Harness): Promise<WorkflowHandle> => {
      const handle = await h.start(simulate({ seconds: 600 }));
      await inPhase(handle, 'awaitingActionRun');
      await handle.signal('cancel', 'because');
      return ended(handle);
    },
  },
  {
    name: 'cancelled-by-update-during-delay',
    run: async (h: Harness): Promise<WorkflowHandle> => {
      const handle = await h.start(simulate({}, { exec_delay_secs: 600 }));
      await inPhase(handle, 'delayed');
      await handle.executeUpdate('requestCancel');
      return ended(handle);
    },
  },
  {
    name: 'cancelled-by-temporal',
    run: async (h: Harness): Promise<WorkflowHandle> => {
      const handle = await h.start(simulate({ seconds: 600 }));
      await inPhase(handle, 'awaitingActionRun');
      await handle.cancel();
      return ended(handle);
    },
  },
  ...['approve', 'deny'].map((answer) => ({
    name: `approval-${answer}`,
    run: async (h: Harness): Promise<WorkflowHandle> => {
      const handle = await h.start(onApproval());
      const { approvals } = await inPhase(handle, 'awaitingApproval');
      await answerApproval(h, approvals[0]?.id ?? 0, answer);
      return ended(handle);
    },
  })),
  {
    name: 'submitted-again',
    faults: { beforeHandle: firstPost(badGateway) },
    run: async (h) => ended(await h.start(simulate({ seconds: 1 }), { settleSecs: 0.1 })),
  },
  {
    name: 'resolved-by-a-person',
    faults: { beforeHandle: firstPost(badGateway) },
    run: async (h: Harness): Promise<WorkflowHandle> => {
      const handle = await h.start(simulate({}, { type: 'contain' }), { settleSecs: 0.1 });
      await inPhase(handle, 'awaitingResolution');
      await handle.executeUpdate<string, [unknown]>('resolveSubmission', { args: [{ decision: 'resubmit' }] });
      return ended(handle);
    },
  },
  {
    name: 'batch-streamed',
    run: async (h: Harness): Promise<WorkflowHandle> => {
      const handle = await startBatch(h, 'batch-streamed', { options: { itemsPerRun: 5, maxRunsInFlight: 3 } });
      // Enough for the test server to suggest continue-as-new: the first run of the workflow is what is recorded.
      for (let page = 0; page < 12; page++) {
        const items = Array.from({ length: 30 }, (_, index) => ({ ip: `8.8.${page}.${index}` }));
        await handle.executeUpdate('addItems', { args: [{ items, offset: page * 30 }] });
      }
      await handle.executeUpdate('close');
      await ended(handle);
      return h.client.workflow.getHandle('batch-streamed', handle.firstExecutionRunId);
    },
  },
  ...GROUPED.map(({ name, items, options, child }) => ({
    name,
    run: async (h: Harness): Promise<WorkflowHandle> => {
      await ended(await startBatch(h, name, { items, options: { itemsPerRun: 1, ...options } }));
      return h.client.workflow.getHandle(child === undefined ? name : `${name}/${child}`);
    },
  })),
  ...HANDED_BACK.map(({ name, child }) => ({
    name,
    faults: { beforeHandle: firstPost(badGateway) },
    run: async (h: Harness): Promise<WorkflowHandle> => {
      const options = { itemsPerRun: 1, run: { settleSecs: 0.1 } };
      await ended(await startBatch(h, name, { items: someItems(5), options }));
      return h.client.workflow.getHandle(`${name}/${child}`);
    },
  })),
  {
    name: 'batch-cancelled',
    run: async (h: Harness): Promise<WorkflowHandle> => {
      const items = Array.from({ length: 12 }, (_, index) => ({ message: `${index}`, seconds: 600 }));
      const handle = await startBatch(h, 'batch-cancelled', { request: SIMULATED, items, options: { itemsPerRun: 3 } });
      await eventually(() => Promise.resolve(h.sim.counts().actionRuns >= 4 ? true : undefined));
      await handle.signal('cancel', 'enough');
      return ended(handle);
    },
  },
  {
    // Its children carry its workflow id in theirs, so every recording must use the same.
    name: 'batch',
    run: async (h: Harness): Promise<WorkflowHandle> => {
      const items = Array.from({ length: 25 }, (_, index) => ({
        ip: index === 7 ? '10.0.0.1' : `8.8.4.${index % 20}`,
      }));
      const options = { itemsPerRun: 5, maxRunsInFlight: 2, itemAttempts: 2 };
      return ended(await startBatch(h, 'batch', { items, options }));
    },
  },
];
