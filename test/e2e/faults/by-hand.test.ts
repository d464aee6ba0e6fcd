import { RUN_OPTION_DEFAULTS } from '../../../src/model/options.js';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { eventually, inPhase } from '../support/phases.js';
import { geolocate, isSubmission, simulate } from '../support/requests.js';

/** Ends the pending activity of a workflow as a person can, by Temporal's own call. */
async function endByHand(harness: Harness, workflowId: string, how: 'complete' | 'fail', json: string): Promise<void> {
  const activityId = await eventually(async () => {
    const { raw } = await harness.client.workflow.getHandle(workflowId).describe();
    return raw.pendingActivities?.[0]?.activityId ?? undefined;
  });
  const of = { namespace: 'default', workflowId, activityId };
  const { workflowService } = harness.client;
  if (how === 'complete') {
    const payload = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(json) };
    await workflowService.respondActivityTaskCompletedById({ ...of, result: { payloads: [payload] } });
  } else {
    const failure = { message: json, applicationFailureInfo: { type: 'ByHand', nonRetryable: true } };
    await workflowService.respondActivityTaskFailedById({ ...of, failure });
  }
}

describe('a person who ends the wait for a run by hand', () => {
  it.each([
    ['completes it with nothing', 'complete', 'null'],
    ['completes it with something else', 'complete', '{"done": true}'],
    ['completes it with an end of the wrong shape', 'complete', '{"ended": 1}'],
    ['fails it for good', 'fail', 'enough'],
  ] as const)('%s, and the run is watched on', async (_what, how, json) => {
    const harness = await createHarness();
    const result = await harness.running(async () => {
      const handle = await harness.start(simulate({ seconds: 9 }));
      await inPhase(handle, 'awaitingActionRun');
      await endByHand(harness, handle.workflowId, how, json);
      const problem = await eventually(async () => {
        const state = await handle.query<{ problem: { code: string } | null }>('status');
        return state.problem ?? undefined;
      });
      expect(problem.code).toMatch(/NoResult|ByHand/);
      return handle.result();
    });
    await harness.close();
    expect(result).toMatchObject({ outcome: 'success' });
  });
});

describe('somebody who ends an activity by hand with the run of another', () => {
  const NOBODYS = 'somebody else’s';
  const isOurs = async (request: Request): Promise<boolean> =>
    isSubmission(request) && !(await request.clone().text()).includes(NOBODYS);

  it('has that run neither followed nor cancelled', async () => {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const beforeHandle = async (request: Request): Promise<undefined> => {
      if (await isOurs(request)) await released;
    };
    const harness = await createHarness({ faults: { beforeHandle } });
    const { action_run_id: foreign } = await harness.soar.runAction(simulate({ seconds: 600 }, { name: NOBODYS }));
    const result = await harness.running(async () => {
      const handle = await harness.start(simulate({ seconds: 600 }, { type: 'contain' }));
      const answer = {
        actionRunId: foreign,
        message: '',
        url: null,
        checked: { options: RUN_OPTION_DEFAULTS, origin: null },
      };
      await endByHand(harness, handle.workflowId, 'complete', JSON.stringify(answer));
      await handle.signal('cancel');
      release();
      return handle.result();
    });
    expect(result.outcome).not.toBe('success');
    expect(await harness.soar.getActionRun(foreign)).toMatchObject({ status: 'running' });
    await harness.close();
  }, 120_000);

  it('gives the result nothing of that run, nor the rows that are read of it', async () => {
    const harness = await createHarness();
    const { action_run_id: foreign } = await harness.soar.runAction(geolocate(['8.8.8.8'], { name: NOBODYS }));
    const { result, rows } = await harness.running(async () => {
      await eventually(async () =>
        (await harness.soar.getActionRun(foreign)).status === 'success' ? true : undefined,
      );
      const handle = await harness.start(simulate({ seconds: 9 }), { inlineResultBytes: 0 });
      await inPhase(handle, 'awaitingActionRun');
      const actionRun = { ...(await harness.soar.getActionRun(foreign)) };
      const end = { actionRunId: foreign, statusClass: 'succeeded', message: 'theirs', actionRun };
      const sight = { ended: [end], approvals: null, asked: [], slow: true, latest: null, polls: 1, problem: null };
      await endByHand(harness, handle.workflowId, 'complete', JSON.stringify(sight));
      const ended = await handle.result();
      const page: unknown = await harness.client.workflow.execute('readRows', {
        workflowId: `rows-${handle.workflowId}`,
        taskQueue: harness.taskQueue,
        args: [{ workflowId: handle.workflowId }],
      });
      return { result: ended, rows: page };
    });
    expect(result).toMatchObject({ outcome: 'success' });
    expect(result.actionRunId).not.toBe(foreign);
    expect(JSON.stringify([result, rows])).not.toMatch(/theirs|United States/);
    await harness.close();
  }, 120_000);
});
