import { createSoarRunnerClient } from '../../../src/client/soar-runner.js';
import type { Faults } from '../../../src/sim/index.js';
import type { CancelAnswer, RunState } from '../../../src/model/run-state.js';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { eventually, inPhase } from '../support/phases.js';
import { isSubmission, simulate } from '../support/requests.js';

/** Lets a test hold answers of SOAR back. */
class HeldAnswer {
  #held: (request: Request) => boolean = () => false;
  #left = 0;
  #released = Promise.resolve();
  #release: () => void = () => undefined;
  #arrived: () => void = () => undefined;
  arrived = new Promise<void>((resolve) => (this.#arrived = resolve));

  readonly faults: Faults = {
    beforeAnswer: async (request, response) => {
      if (this.#left === 0 || !this.#held(request)) return response;
      this.#left -= 1;
      this.#arrived();
      await this.#released;
      return response;
    },
  };

  hold(which: (request: Request) => boolean, atMost = 1): void {
    this.#held = which;
    this.#left = atMost;
    this.#released = new Promise<void>((resolve) => (this.#release = resolve));
    this.arrived = new Promise<void>((resolve) => (this.#arrived = resolve));
  }

  release(): void {
    this.#left = 0;
    this.#release();
  }
}

describe('a cancel', () => {
  const answer = new HeldAnswer();
  let harness: Harness;

  beforeAll(async () => {
    harness = await createHarness({ faults: answer.faults, cached: false });
  });
  afterAll(() => harness.close());

  const cancelsSent = (): number => harness.sim.counts().requests['POST /rest/action_run/:id'] ?? 0;

  /** By the embedded SOAR's own records: nothing that was submitted is still going on. */
  const nothingLeftRunning = async (): Promise<void> => {
    const { data } = await harness.soar.listActionRuns({ excludes: { status__in: ['success', 'failed'] } });
    expect(data).toEqual([]);
  };

  it('during the delay leaves nothing running in SOAR', async () => {
    const result = await harness.running(async () => {
      const handle = await harness.start(simulate({ seconds: 60 }, { exec_delay_secs: 3_600 }));
      await inPhase(handle, 'delayed');
      await handle.signal('cancel', 'false alarm');
      return handle.result();
    });
    expect(result).toMatchObject({ outcome: 'cancelled', cancel: { accepted: true, reason: 'false alarm' } });
    expect(result.actionRun).toMatchObject({ status: 'failed', cancelled: expect.stringMatching(/./) as string });
    await nothingLeftRunning();
  });

  it('while the action runs is passed on once, and the run is followed to its end', async () => {
    const before = cancelsSent();
    const result = await harness.running(async () => {
      const handle = await harness.start(simulate({ seconds: 600 }));
      await inPhase(handle, 'awaitingActionRun');
      await handle.signal('cancel', { reason: 'first' });
      await handle.signal('cancel', 'second');
      return handle.result();
    });
    expect(result).toMatchObject({ outcome: 'cancelled', cancel: { accepted: true, reason: 'first' } });
    expect(cancelsSent() - before).toBe(1);
    await nothingLeftRunning();
  });

  it('by update is answered with SOAR’s own words', async () => {
    await harness.running(async () => {
      const handle = await harness.start(simulate({ seconds: 600 }));
      const { actionRunId } = await inPhase(handle, 'awaitingActionRun');
      const answered = await handle.executeUpdate<CancelAnswer, [unknown]>('requestCancel', {
        args: [{ reason: 'why' }],
      });
      const run = await harness.soar.getActionRun(actionRunId ?? 0);
      expect(answered).toMatchObject({ accepted: true, reason: 'why', message: expect.stringMatching(/./) as string });
      expect(run).toMatchObject({ status: 'failed' });
      expect(await handle.result()).toMatchObject({ outcome: 'cancelled', cancel: answered });
    });
    await nothingLeftRunning();
  });

  it('of Temporal’s own ends the workflow as cancelled, and the action in SOAR too', async () => {
    await harness.running(async () => {
      const handle = await harness.start(simulate({ seconds: 600 }));
      await inPhase(handle, 'awaitingActionRun');
      await handle.cancel();
      await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
      expect((await handle.describe()).status.name).toBe('CANCELLED');
      const { client, taskQueue } = harness;
      const run = createSoarRunnerClient(client, taskQueue).action(handle.workflowId);
      expect(await run.result()).toMatchObject({ outcome: 'cancelled', cancel: { accepted: true } });
    });
    await nothingLeftRunning();
  });

  it.each(['signal', 'temporal'])(
    'by %s inside an unacknowledged POST cancels the run that the POST makes',
    async (by) => {
      answer.hold(isSubmission);
      const cancels = cancelsSent();
      await harness.running(async () => {
        const handle = await harness.start(simulate({ seconds: 600 }));
        await answer.arrived;
        await (by === 'signal' ? handle.signal('cancel') : handle.cancel());
        answer.release();
        const end = await handle.result().then(
          ({ outcome }) => outcome,
          () => 'rejected',
        );
        expect(end).toBe(by === 'signal' ? 'cancelled' : 'rejected');
      });
      expect(cancelsSent() - cancels).toBe(1);
      await nothingLeftRunning();
    },
  );

  it('inside a POST whose answer never comes finds the run by its tag, cancels it, and submits nothing again', async () => {
    const runs = harness.sim.counts().actionRuns;
    answer.hold(isSubmission);
    const result = await harness.running(async () => {
      const handle = await harness.start(simulate({ seconds: 600 }), { settleSecs: 1 });
      await answer.arrived;
      await handle.signal('cancel', 'too late?');
      return handle.result();
    });
    answer.release();
    expect(result).toMatchObject({
      outcome: 'cancelled',
      submissions: 1,
      cancel: { accepted: true, reason: 'too late?' },
    });
    expect(harness.sim.counts().actionRuns - runs).toBe(1);
    await nothingLeftRunning();
  });

  it('before the worker has begun sends nothing to SOAR', async () => {
    await harness.rest();
    const runs = harness.sim.counts().actionRuns;
    const handle = await harness.start(simulate({ seconds: 600 }));
    await handle.signal('cancel', 'never mind');
    const result = await harness.running(() => handle.result());
    expect(result).toMatchObject({ outcome: 'cancelled', actionRunId: null, submissions: 0 });
    expect(result.cancel).toEqual({
      accepted: true,
      message: 'Nothing had been submitted to SOAR.',
      reason: 'never mind',
    });
    expect(harness.sim.counts().actionRuns).toBe(runs);
  });

  it('while a person is asked ends the run and its approval', async () => {
    const onApproval = simulate({ seconds: 60 });
    const targets = onApproval.targets.map((target) => ({ ...target, assets: ['lab-approval'] }));
    const result = await harness.running(async () => {
      const handle = await harness.start({ ...onApproval, targets });
      await inPhase(handle, 'awaitingApproval');
      await handle.signal('cancel');
      return handle.result();
    });
    expect(result).toMatchObject({ outcome: 'cancelled', cancel: { accepted: true } });
    await nothingLeftRunning();
  });

  it('after the action has ended reports SOAR’s refusal and the real result', async () => {
    answer.hold((request) => request.url.includes('/app_runs'), Infinity);
    const { answered, result } = await harness.running(async () => {
      const handle = await harness.start(simulate({ message: 'finished before' }));
      await answer.arrived;
      const update = handle.executeUpdate<CancelAnswer, [unknown]>('requestCancel', { args: ['late'] });
      await eventually(async () =>
        (await handle.query<RunState>('status')).phase === 'fetchingResults' ? true : undefined,
      );
      answer.release();
      return { answered: await update, result: await handle.result() };
    });
    expect(answered).toMatchObject({ accepted: false, reason: 'late' });
    expect(result).toMatchObject({
      outcome: 'success',
      cancel: answered,
      appRuns: [{ results: [{ status: 'success' }] }],
    });
  });

  it('control: without the look-up by tag a cancel inside a lost POST leaves the action running', async () => {
    answer.hold(isSubmission);
    const blind = { findActionRuns: () => Promise.resolve([]) };
    const worker = await harness.worker({ activities: { ...harness.activities, ...blind } });
    const result = await worker.runUntil(async () => {
      const handle = await harness.start(simulate({ seconds: 600 }), { settleSecs: 1 });
      await answer.arrived;
      await handle.signal('cancel');
      return handle.result();
    });
    answer.release();
    expect(result).toMatchObject({ outcome: 'cancelled', actionRunId: null });
    await expect(nothingLeftRunning()).rejects.toThrow();
  });
});
