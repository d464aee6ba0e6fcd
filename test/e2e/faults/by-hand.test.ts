import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { eventually, inPhase } from '../support/phases.js';
import { simulate } from '../support/requests.js';

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
