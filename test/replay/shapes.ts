import type { WorkflowHandle } from '@temporalio/client';
import { WORKFLOW_TYPES } from '../../src/model/names.js';
import type { Faults } from '../../src/sim/index.js';
import type { Harness } from '../e2e/support/harness.js';
import { inPhase } from '../e2e/support/phases.js';
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
    // Its children carry its workflow id in theirs, so every recording must use the same.
    name: 'batch',
    run: async (h: Harness): Promise<WorkflowHandle> => {
      const items = Array.from({ length: 25 }, (_, index) => ({
        ip: index === 7 ? '10.0.0.1' : `8.8.4.${index % 20}`,
      }));
      const request = { ...geolocate([]), targets: [{ app_id: 1, assets: ['maxmind'] }] };
      const handle = await h.client.workflow.start(WORKFLOW_TYPES.enrichBatch, {
        workflowId: 'batch',
        taskQueue: h.taskQueue,
        args: [{ request, items, options: { itemsPerRun: 5, maxRunsInFlight: 2, itemAttempts: 2 } }],
      });
      return ended(handle);
    },
  },
];
