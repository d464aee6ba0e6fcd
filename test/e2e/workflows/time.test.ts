import type { WorkflowHandle } from '@temporalio/client';
import type { RunActionOptions, RunActionRequest } from '../../../src/contracts/run-action.js';
import { eventually, inPhase } from '../support/phases.js';
import { simulate } from '../support/requests.js';
import { createSkippedTime } from '../support/time-skipping.js';
import type { SkippedTime } from '../support/time-skipping.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

describe('days, by skipping time', () => {
  let time: SkippedTime;

  beforeEach(async () => {
    time = await createSkippedTime();
  });
  afterEach(() => time.close());

  const statusGets = (): number =>
    (time.sim.counts().requests['GET /rest/action_run/:id'] ?? 0) +
    (time.sim.counts().requests['GET /rest/action_run'] ?? 0);

  const elapsedFor = async (request: RunActionRequest, options?: RunActionOptions) => {
    const worker = await time.worker();
    return worker.runUntil(async () => {
      const handle = await time.start(request, options);
      return { result: await handle.result(), elapsedMs: await durationMs(handle) };
    });
  };

  it.each([
    ['no delay', 0],
    ['a second', 1],
    ['an hour', 3_600],
    ['a day', 86_400],
    ['thirty days', 30 * 86_400],
  ])('%s of exec_delay_secs is waited out without asking SOAR meanwhile', async (_title, delaySecs) => {
    const { result, elapsedMs } = await elapsedFor(simulate({}, { exec_delay_secs: delaySecs }));
    expect(result).toMatchObject({ outcome: 'success', submissions: 1 });
    expect(elapsedMs).toBeGreaterThanOrEqual(delaySecs * 1_000);
    expect(elapsedMs).toBeLessThan(delaySecs * 1_000 + 60_000);
    expect(statusGets()).toBeLessThan(10);
  });

  it('a delay that passes while no worker is up is followed up as soon as one is', async () => {
    // Without a cache there is no sticky queue, whose tasks this server would leave with the worker that is gone.
    const first = await time.worker({ maxCachedWorkflows: 0 });
    const handle = await first.runUntil(async () => {
      const started = await time.start(simulate({}, { exec_delay_secs: 30 * 86_400 }));
      await inPhase(started, 'delayed');
      return started;
    });
    const { startTime } = await handle.describe();
    const dueAtMs = startTime.getTime() + 30 * DAY_MS;
    const passing = time.sleep(30 * DAY_MS + 5_000);
    await eventually(async () => ((await time.now()) >= dueAtMs ? true : undefined));
    const restartedAt = await time.now();
    const second = await time.worker();
    const result = await second.runUntil(() => handle.result());
    const { closeTime } = await handle.describe();
    await passing;
    expect(result).toMatchObject({ outcome: 'success', submissions: 1 });
    expect((closeTime?.getTime() ?? Infinity) - restartedAt).toBeLessThan(60_000);
  });

  it('an action of ten hours is polled ever more slowly, and its history does not grow with the polls', async () => {
    const eventsFor = async (seconds: number) => {
      const worker = await time.worker();
      return worker.runUntil(async () => {
        const handle = await time.start(simulate({ seconds }));
        await handle.result();
        return (await handle.fetchHistory()).events?.length;
      });
    };
    const quick = await eventsFor(12);
    const before = statusGets();
    const long = await eventsFor(10 * 3_600);
    expect(statusGets() - before).toBeGreaterThan(60);
    expect(statusGets() - before).toBeLessThan(800);
    expect(long).toBe(quick);
  });

  it('an approval that nobody answers for 24 hours expires', async () => {
    const request = simulate({});
    const targets = request.targets.map((target) => ({ ...target, assets: ['lab-approval'] }));
    const { result, elapsedMs } = await elapsedFor({ ...request, targets });
    expect(result).toMatchObject({ outcome: 'expired', approvals: [{ status: 'expired' }] });
    expect(elapsedMs).toBeGreaterThanOrEqual(24 * HOUR_MS);
    expect(elapsedMs).toBeLessThan(24 * HOUR_MS + 120_000);
  });

  it('a deadline counts from the end of the delay, cancels the run and says timedOut with the last status', async () => {
    const request = simulate({ seconds: 86_400 }, { exec_delay_secs: 3_600 });
    const { result, elapsedMs } = await elapsedFor(request, { timeoutSecs: 1_800 });
    expect(result).toMatchObject({ outcome: 'timedOut', actionRun: { status: 'failed' }, cancel: { accepted: true } });
    expect(elapsedMs).toBeGreaterThanOrEqual(5_400_000);
    expect(elapsedMs).toBeLessThan(5_400_000 + 120_000);
  });
});

/** By Temporal's own clock. */
async function durationMs(handle: WorkflowHandle): Promise<number> {
  const { startTime, closeTime } = await handle.describe();
  return (closeTime?.getTime() ?? Infinity) - startTime.getTime();
}
