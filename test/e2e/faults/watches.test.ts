import { WATCHES } from '../../../src/model/timeouts-and-intervals.js';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { eventually, inPhase } from '../support/phases.js';
import { simulate } from '../support/requests.js';
import { startWorkerProcess } from '../support/worker-process.js';
import type { WorkerProcess } from '../support/worker-process.js';

type Handle = Awaited<ReturnType<Harness['start']>>;

const RUNS = 12;
const NEEDS_A_PERSON = { ...simulate({}), targets: [{ app_id: 2, assets: ['lab-approval'], parameters: [{}] }] };

/** What Temporal shows of the wait of a run, once it is watched: whose it is, and how it went so far. */
async function watched(handle: Handle) {
  return eventually(async () => {
    const { raw } = await handle.describe();
    const [activity] = raw.pendingActivities ?? [];
    const isWatch = Number(activity?.activityOptions?.heartbeatTimeout?.seconds) * 1_000 === WATCHES.recent.heartbeatMs;
    return isWatch && activity?.lastWorkerIdentity ? activity : undefined;
  });
}

describe('runs that are watched', () => {
  let harness: Harness;
  let workers: WorkerProcess[];

  beforeEach(async () => {
    harness = await createHarness();
    workers = [];
  });
  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker.kill()));
    await harness.close();
  });

  const startWorker = async (): Promise<WorkerProcess> => {
    const worker = await startWorkerProcess('product', harness.sim, harness.taskQueue);
    workers.push(worker);
    return worker;
  };

  const approve = async (handle: Handle): Promise<void> => {
    const { approvals } = await inPhase(handle, 'awaitingApproval');
    await fetch(`${harness.sim.url}/rest/approval/${String(approvals[0]?.id)}`, {
      method: 'POST',
      headers: { 'ph-auth-token': harness.sim.token },
      body: JSON.stringify({ status: 'approve', type: 'manual', action: 'prompt', message: '', responses: [] }),
    });
  };

  /** Has every run watched by one worker, ends it as told, and waits until another watches them all. @returns how long that took */
  const takenOverIn = async (end: (worker: WorkerProcess) => Promise<void>): Promise<number> => {
    const first = await startWorker();
    const handles = await Promise.all(Array.from({ length: RUNS }, () => harness.start(NEEDS_A_PERSON)));
    const owners = new Set(
      (await Promise.all(handles.map(watched))).map(({ lastWorkerIdentity }) => lastWorkerIdentity),
    );
    await startWorker();
    const beganMs = performance.now();
    const ended = end(first);
    await Promise.all(
      handles.map((handle) =>
        eventually(async () => (owners.has((await watched(handle)).lastWorkerIdentity) ? undefined : true)),
      ),
    );
    const tookMs = performance.now() - beganMs;
    await ended;
    await Promise.all(handles.map(approve));
    for (const handle of handles) expect(await handle.result()).toMatchObject({ outcome: 'success', submissions: 1 });
    return tookMs;
  };

  it('are handed to another worker at once by one that is told to end', async () => {
    expect(await takenOverIn((worker) => worker.terminate())).toBeLessThan(WATCHES.recent.heartbeatMs / 3);
  });

  it('are taken over from one that was killed, which is the control: only after its heartbeats have been missed', async () => {
    const tookMs = await takenOverIn((worker) => worker.kill());
    expect(tookMs).toBeGreaterThan(WATCHES.recent.heartbeatMs / 3);
    expect(tookMs).toBeLessThan(2 * WATCHES.recent.heartbeatMs);
  });

  it('show no failed attempt, take no slot of the worker, and add nothing to the history', async () => {
    const worker = await harness.worker({ maxConcurrentActivityTaskExecutions: 2 });
    await worker.runUntil(async () => {
      const handles = await Promise.all(Array.from({ length: RUNS }, () => harness.start(NEEDS_A_PERSON)));
      const before = await Promise.all(handles.map(watched));
      const { historyLength } = await handleOf(handles).describe();
      // The worker has two slots: with all of these watched an action still gets through.
      expect(await (await harness.start(simulate({}))).result()).toMatchObject({ outcome: 'success' });
      const polls = ({ heartbeatDetails }: (typeof before)[number]): string =>
        Buffer.from(heartbeatDetails?.payloads?.[0]?.data ?? []).toString();
      const after = await eventually(async () => {
        const now = await watched(handleOf(handles));
        return polls(now) !== '' && polls(now) !== polls(before[0] ?? now) ? now : undefined;
      });
      expect(after).toMatchObject({ attempt: 1 });
      expect(after.lastFailure ?? null).toBeNull();
      expect((await handleOf(handles).describe()).historyLength).toBe(historyLength);
      await Promise.all(handles.map((handle) => handle.signal('cancel')));
      for (const handle of handles) expect(await handle.result()).toMatchObject({ outcome: 'cancelled' });
    });
  });
});

function handleOf([first]: readonly Handle[]): Handle {
  if (!first) throw new Error('There is no run.');
  return first;
}
