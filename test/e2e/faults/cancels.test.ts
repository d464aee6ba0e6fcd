import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { SoarActivities } from '../../../src/activities/index.js';
import type { RunActionResult } from '../../../src/contracts/run-action.js';
import type { RunState } from '../../../src/model/run-state.js';
import type { enrichBatch } from '../../../src/workflows/batch/enrich-batch.js';
import { envelope, PASSING_ANSWERS, SpoilingProxy } from '../support/answers.js';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { eventually, inPhase } from '../support/phases.js';
import { simulate } from '../support/requests.js';

const REASON = { reason: 'wrong host' };
/** In an envelope of SOAR's these are its answer: it does not cancel the run. */
const ANSWERS = new Set(['403 with SOAR’s envelope']);
const PASSING = PASSING_ANSWERS.filter(([kind]) => !ANSWERS.has(kind));

/** Cancels a run for each kind of answer at the same time, each with its own fault on the cancel. */
async function cancelled(
  kinds: typeof PASSING_ANSWERS,
  seconds: number,
  weaken: (harness: Harness) => Partial<SoarActivities> = () => ({}),
): Promise<Map<string, RunActionResult>> {
  const proxy = new SpoilingProxy('cancel', kinds);
  const harness = await createHarness({ faults: proxy });
  const worker = await harness.worker({ activities: { ...harness.activities, ...weaken(harness) } });
  const resultOf = async ([kind]: (typeof kinds)[number]): Promise<[string, RunActionResult]> => {
    const handle = await harness.start(simulate({ seconds }, { name: `{${kind}}` }));
    await inPhase(handle, 'awaitingActionRun');
    await handle.signal('cancel', REASON);
    return [kind, await handle.result()];
  };
  const results = await worker.runUntil(() => Promise.all(kinds.map(resultOf)));
  await harness.close();
  return new Map(results);
}

describe('a cancel that gets no answer of SOAR’s', () => {
  let results: Map<string, RunActionResult>;

  beforeAll(async () => {
    results = await cancelled(PASSING, 600);
  }, 120_000);

  it.each(PASSING)('is sent again until SOAR has ended the run: %s', (kind) => {
    expect(results.get(kind)).toMatchObject({
      outcome: 'cancelled',
      actionRun: { status: 'failed', cancelled: expect.stringMatching(/./) as string },
      cancel: { accepted: true, reason: 'wrong host' },
    });
  });
});

describe('control: a worker that asks once', () => {
  let results: Map<string, RunActionResult>;

  beforeAll(async () => {
    results = await cancelled(PASSING, 8, ({ soar }) => ({
      cancelActionRun: async ({ actionRunId }) => {
        const said = await soar.cancelActionRun(actionRunId).catch(() => undefined);
        return { accepted: said?.cancelled ?? true, message: '' };
      },
    }));
  }, 120_000);

  it.each(PASSING)('leaves the run to go on: %s', (kind) => {
    expect(results.get(kind)?.outcome).toBe('success');
  });
});

describe('a cancel that SOAR refuses', () => {
  it.each([
    ['403', () => envelope(403, 'no permission')],
    ['400', () => envelope(400, 'cannot be cancelled')],
    ['200', () => envelope(200, 'cannot be cancelled')],
  ])('leaves the run watched to its own end, and says so: %s', async (_status, answer) => {
    const refuse = (request: Request): Promise<Response | undefined> => {
      const isCancel = request.method === 'POST' && /action_run\/\d+$/.test(new URL(request.url).pathname);
      return Promise.resolve(isCancel ? answer() : undefined);
    };
    const harness = await createHarness({ faults: { beforeHandle: refuse } });
    const result = await harness.running(async () => {
      const handle = await harness.start(simulate({ seconds: 5 }));
      await inPhase(handle, 'awaitingActionRun');
      await handle.signal('cancel', REASON);
      return handle.result();
    });
    await harness.close();
    expect(result).toMatchObject({ outcome: 'success', cancel: { accepted: false, reason: 'wrong host' } });
  });
});

describe('a cancel while SOAR wants to be left alone', () => {
  it.each([
    ['an open circuit', 503, {}],
    ['Retry-After of an hour', 503, { 'retry-after': '3600' }],
    ['a full rate limit', 429, { 'retry-after': '600' }],
  ])('overtakes %s: it is out within five seconds', async (_what, status, headers) => {
    let cancelAtMs = Infinity;
    const busy = (request: Request): Promise<Response | undefined> => {
      const { pathname } = new URL(request.url);
      if (request.method === 'POST' && /action_run\/\d+$/.test(pathname)) cancelAtMs = Math.min(cancelAtMs, Date.now());
      const isPoll = request.method === 'GET' && pathname.startsWith('/rest/action_run');
      return Promise.resolve(isPoll && cancelAtMs === Infinity ? new Response('', { status, headers }) : undefined);
    };
    const harness = await createHarness({ faults: { beforeHandle: busy } });
    const askedAtMs = await harness.running(async () => {
      const handle = await harness.start(simulate({ seconds: 600 }));
      await inPhase(handle, 'awaitingActionRun');
      const now = Date.now();
      const answer = await handle.executeUpdate('requestCancel', { args: [REASON] });
      expect(answer).toMatchObject({ accepted: true });
      return now;
    });
    await harness.close();
    expect(cancelAtMs - askedAtMs).toBeLessThan(5_000);
  });
});

describe('stopWatching', () => {
  it('ends the workflow with outcome unwatched and the id, and leaves the run to itself', async () => {
    const harness = await createHarness({});
    const { result, run } = await harness.running(async () => {
      const handle = await harness.start(simulate({ seconds: 600 }));
      await inPhase(handle, 'awaitingActionRun');
      await expect(handle.executeUpdate('stopWatching', { args: [{}] })).rejects.toMatchObject({
        cause: { type: 'InvalidStopWatching' },
      });
      await handle.executeUpdate('stopWatching', { args: [{ reason: 'followed by hand' }] });
      const ended = await handle.result();
      return { result: ended, run: await harness.soar.getActionRun(ended.actionRunId ?? 0) };
    });
    await harness.close();
    expect(result).toMatchObject({
      outcome: 'unwatched',
      actionRunId: 1,
      message: expect.stringContaining('by hand') as string,
    });
    expect(run.status).toBe('running');
  });

  it('of a group of a batch ends it with the ids of its runs, and runs none of its items again', async () => {
    const harness = await createHarness({});
    const request = { ...simulate({}, { type: 'investigate' }), targets: [{ app_id: 2, assets: ['lab'] }] };
    const items = Array.from({ length: 30 }, (_, n) => ({ message: `row ${n}`, seconds: 600 }));
    const batch = await harness.running(async () => {
      const workflowId = `batch-${randomUUID()}`;
      const handle = await harness.client.workflow.start<typeof enrichBatch>('enrichBatch', {
        workflowId,
        taskQueue: harness.taskQueue,
        args: [{ request, items, options: { itemsPerRun: 1, itemAttempts: 3 } }],
      });
      const group = harness.client.workflow.getHandle(`${workflowId}/0`);
      await eventually(() => isWatching(group));
      await group.executeUpdate('stopWatching', { args: [{ reason: 'followed by hand' }] });
      return handle.result();
    });
    expect(batch).toMatchObject({ failed: 30, succeeded: 0, childrenStarted: 1 });
    expect(new Set(batch.runs.map(({ outcome }) => outcome))).toEqual(new Set(['unwatched']));
    expect(batch.runs.map(({ actionRunId }) => actionRunId).sort()).not.toContain(null);
    expect(harness.sim.counts().actionRuns).toBe(30);
    await harness.close();
  });
});

/** A group that has not begun yet has no status. */
async function isWatching(group: WorkflowHandle): Promise<true | undefined> {
  const { phase } = await group.query<RunState>('status').catch(() => ({ phase: undefined }));
  return phase === 'awaitingActionRun' ? true : undefined;
}
