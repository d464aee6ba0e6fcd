import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { RunActionRequest } from '../../../src/contracts/run-action.js';
import { taggedName } from '../../../src/model/submission-tag.js';
import { startSoarSim } from '../../../src/sim/index.js';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { eventually, inPhase } from '../support/phases.js';
import { geolocate, isSubmission, simulate } from '../support/requests.js';
import { testServer } from '../support/test-server.js';

/** Drops POSTs before SOAR has seen them: the client cannot tell, and nothing with the tag ever turns up. */
class LossyNetwork {
  posts = 0;
  lose = 0;
  /** What SOAR says of its installed actions; undefined: the truth. */
  answerAboutActions: (() => Response) | undefined;

  readonly beforeHandle = (request: Request): Promise<Response | undefined> => {
    if (request.url.includes('/rest/app_action')) return Promise.resolve(this.answerAboutActions?.());
    if (!isSubmission(request)) return Promise.resolve(undefined);
    this.posts += 1;
    if (this.lose === 0) return Promise.resolve(undefined);
    this.lose -= 1;
    return Promise.resolve(new Response('<html>502 Bad Gateway</html>', { status: 502 }));
  };
}

const page = (data: readonly object[]) => ({ count: data.length, num_pages: 1, data });
const QUICK = { settleSecs: 0.2 };
const contain = simulate({}, { type: 'contain', name: 'block the address' });

describe('a submission of which nothing is known', () => {
  let harness: Harness;
  let network: LossyNetwork;

  beforeEach(async () => {
    network = new LossyNetwork();
    harness = await createHarness({ faults: { beforeHandle: network.beforeHandle }, breaker: false, cached: false });
  });
  afterEach(() => harness.close());

  it('is sent again after it was looked up twice, for an action that only investigates', async () => {
    network.lose = 2;
    const result = await harness.running(async () =>
      (await harness.start(simulate({}, { type: 'investigate' }), QUICK)).result(),
    );
    expect(result).toMatchObject({ outcome: 'success', submissions: 3, surplusRuns: [] });
    expect(harness.sim.counts().actionRuns).toBe(1);
  });

  it('is not in doubt while SOAR cannot be reached at all: Temporal tries again, and nothing is looked up', async () => {
    const { port, token } = harness.sim;
    await harness.sim.close();
    const { result, handle } = await harness.running(async () => {
      const started = await harness.start(contain);
      await eventually(async () => {
        const { raw } = await started.describe();
        return (raw.pendingActivities?.[0]?.attempt ?? 0) > 1 ? true : undefined;
      });
      const back = await startSoarSim({ port, token });
      const ended = await started.result();
      await back.close();
      return { result: ended, handle: started };
    });
    expect(result).toMatchObject({ outcome: 'success', submissions: 1 });
    const { events } = await handle.fetchHistory();
    expect(events?.some(({ timerStartedEventAttributes }) => timerStartedEventAttributes)).toBe(false);
  });

  it('is not sent again for an action that changes something, until a person says so', async () => {
    network.lose = 1;
    const result = await harness.running(async () => {
      const handle = await harness.start(contain, QUICK);
      await inPhase(handle, 'awaitingResolution');
      await handle.executeUpdate<string, [unknown]>('resolveSubmission', { args: [{ decision: 'resubmit' }] });
      return handle.result();
    });
    expect(result).toMatchObject({ outcome: 'success', submissions: 2 });
  });

  it.each([
    [
      'its app calls it containment',
      () => Response.json(page([{ id: 1, action: 'simulate', app: 2, type: 'contain' }])),
    ],
    ['SOAR does not let us look', () => Response.json({ failed: true, message: 'no permission' }, { status: 403 })],
  ])('asks for an action without a type too, where %s', async (_case, answer) => {
    network.lose = 1;
    network.answerAboutActions = answer;
    const result = await harness.running(async () => {
      const handle = await harness.start(simulate({}), QUICK);
      await inPhase(handle, 'awaitingResolution');
      await handle.executeUpdate<string, [unknown]>('resolveSubmission', { args: [{ decision: 'abandon' }] });
      return handle.result();
    });
    expect(result).toMatchObject({ outcome: 'failed', actionRunId: null });
  });

  it('does not ask for an action without a type that its app calls generic', async () => {
    network.lose = 1;
    const result = await harness.running(async () => (await harness.start(simulate({}), QUICK)).result());
    expect(result).toMatchObject({ outcome: 'success', submissions: 2 });
  });

  it('can be adopted from what a person found in SOAR', async () => {
    const other = await harness.soar.runAction(simulate({ message: 'found by hand' }));
    network.lose = 1;
    const result = await harness.running(async () => {
      const handle = await harness.start(contain, QUICK);
      await inPhase(handle, 'awaitingResolution');
      const adopt = { decision: 'adopt', actionRunId: other.action_run_id };
      await handle.executeUpdate<string, [unknown]>('resolveSubmission', { args: [adopt] });
      return handle.result();
    });
    expect(result).toMatchObject({ outcome: 'success', actionRunId: other.action_run_id });
  });

  it('resolves itself when the lost POST arrives while a person is asked', async () => {
    network.lose = 1;
    const result = await harness.running(async () => {
      const handle = await harness.start(contain, QUICK);
      await inPhase(handle, 'awaitingResolution');
      const name = taggedName(contain.name, `soar-runner:${handle.firstExecutionRunId}`);
      await harness.soar.runAction({ ...contain, name });
      return handle.result();
    });
    expect(result).toMatchObject({ outcome: 'success', submissions: 1 });
  });

  it.each<[string, Partial<RunActionRequest>]>([
    ['another action', geolocate(['8.8.8.8'])],
    ['another container', { container_id: 2 }],
    ['other parameters', { targets: simulate({ message: 'an attacker’s' }).targets }],
    ['more parameter sets', { targets: [{ app_id: 2, assets: ['lab'], parameters: [{}, {}] }] }],
  ])('is not taken for found because a run of %s has its tag: a person is asked', async (_what, other) => {
    network.lose = 1;
    const result = await harness.running(async () => {
      const handle = await harness.start(simulate({}, { type: 'investigate' }), { ...QUICK, settleSecs: 1 });
      const name = `x [soar-runner:${handle.firstExecutionRunId}]`;
      await inPhase(handle, 'lookingUpSubmission');
      const { action_run_id } = await harness.soar.runAction({ ...simulate({}), ...other, name });
      const { message } = await inPhase(handle, 'awaitingResolution');
      expect(message).toMatch(
        new RegExp(`action_run ${action_run_id} has its tag, but is not what was submitted: it `),
      );
      await handle.executeUpdate<string, [unknown]>('resolveSubmission', { args: [{ decision: 'resubmit' }] });
      return handle.result();
    });
    expect(result).toMatchObject({ outcome: 'success', submissions: 2, surplusRuns: [], actionRunId: 2 });
  });

  it('control: is taken for found if the run is the very one, however SOAR writes it', async () => {
    network.lose = 1;
    const result = await harness.running(async () => {
      const handle = await harness.start(simulate({ seconds: 0, message: ' A[.]b ' }), { settleSecs: 1 });
      await inPhase(handle, 'lookingUpSubmission');
      const name = `x [soar-runner:${handle.firstExecutionRunId}]`;
      const parameters = [{ message: 'a.b', seconds: '0', context: { guid: 'x' } }];
      const targets = [{ app_id: 2, assets: ['lab'], parameters }];
      await harness.soar.runAction({ ...simulate({}), action: 'simulate', name, targets });
      return handle.result();
    });
    expect(result).toMatchObject({ submissions: 1, actionRunId: 1 });
  });

  it('is given up by a cancel, and says that nothing was found', async () => {
    network.lose = 1;
    const result = await harness.running(async () => {
      const handle = await harness.start(contain, QUICK);
      await inPhase(handle, 'awaitingResolution');
      await handle.signal('cancel', 'leave it');
      return handle.result();
    });
    expect(result).toMatchObject({ outcome: 'cancelled', actionRunId: null, cancel: { reason: 'leave it' } });
    expect(harness.sim.counts().actionRuns).toBe(0);
  });

  it('refuses an answer that nobody asked for, or that makes no sense', async () => {
    network.lose = 1;
    await harness.running(async () => {
      const handle = await harness.start(contain, QUICK);
      await inPhase(handle, 'awaitingResolution');
      const answer = (argument: unknown) =>
        handle.executeUpdate<string, [unknown]>('resolveSubmission', { args: [argument] });
      for (const nonsense of [null, 'yes', {}, { decision: 'adopt' }, { decision: 'adopt', actionRunId: 'x' }]) {
        await expect(answer(nonsense)).rejects.toMatchObject({ cause: { type: 'InvalidResolution' } });
      }
      await answer({ decision: 'resubmit' });
      await handle.result();
      const done = await harness.start(simulate({ seconds: 30 }));
      await inPhase(done, 'awaitingActionRun');
      await expect(
        done.executeUpdate<string, [unknown]>('resolveSubmission', { args: [{ decision: 'resubmit' }] }),
      ).rejects.toMatchObject({ cause: { type: 'InvalidResolution' } });
      await done.signal('cancel');
      await done.result();
    });
  });

  it('of a workflow that was reset is found by the same tag, not sent again', async () => {
    await harness.running(async () => {
      const handle = await harness.start(simulate({ seconds: 5 }), QUICK);
      await inPhase(handle, 'awaitingActionRun');
      await resetToStart(handle);
      expect(await harness.client.workflow.getHandle(handle.workflowId).result()).toMatchObject({ outcome: 'success' });
    });
    expect(harness.sim.counts().actionRuns).toBe(1);
  });
});

/** As an operator would: `temporal workflow reset`. */
async function resetToStart({ workflowId, firstExecutionRunId }: WorkflowHandleWithFirstExecutionRunId): Promise<void> {
  const { address, temporalCli } = testServer();
  const which = ['--address', address, '--workflow-id', workflowId, '--run-id', firstExecutionRunId];
  await promisify(execFile)(temporalCli, ['workflow', 'reset', ...which, '--event-id', '4', '--reason', 'test']);
}
