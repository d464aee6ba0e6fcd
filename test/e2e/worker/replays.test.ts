import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createSoarRunnerClient } from '../../../src/client/start-once.js';
import { createHarness } from '../support/harness.js';
import { replay } from '../support/replay-all.js';
import { simulate } from '../support/requests.js';

/** So long that Temporal gives the workflow another task meanwhile. */
const PAST_THE_TASK_MS = 10_500;

describe('the replay that ends every end-to-end test', () => {
  it('control: fails by a history in which one activity is another', async () => {
    const harness = await createHarness();
    const handle = await harness.running(() => harness.start(simulate({})));
    await handle.result();
    const history = await handle.fetchHistory();
    const submission = history.events?.find(({ activityTaskScheduledEventAttributes: scheduled }) => scheduled);
    const { activityType } = submission?.activityTaskScheduledEventAttributes ?? {};
    expect(activityType).toEqual({ name: 'submitActionRun' });
    if (activityType) activityType.name = 'findActionRuns';
    const spoilt = (async function* () {
      yield await Promise.resolve({ workflowId: handle.workflowId, history });
    })();
    await expect(replay(spoilt)).rejects.toThrow(/does not replay/);
    await harness.close();
  });

  it('takes a batch that got items while a busy worker held its first check up', async () => {
    const harness = await createHarness();
    const validateBatch = async (input: unknown) => {
      await delay(PAST_THE_TASK_MS);
      return harness.activities.validateBatch(input);
    };
    const worker = await harness.worker({ activities: { ...harness.activities, validateBatch } });
    const batch = await worker.runUntil(async () => {
      const started = await createSoarRunnerClient(harness.client, harness.taskQueue).enrichBatch(`b-${randomUUID()}`, {
        request: { ...simulate({}), targets: [{ app_id: 2, assets: ['lab'] }] },
        streamed: true,
      });
      await started.addItems([{ message: 'early' }], 0);
      await started.close();
      await started.result();
      return harness.client.workflow.getHandle(started.workflowId);
    });
    const history = await batch.fetchHistory();
    const one = (async function* () {
      yield await Promise.resolve({ workflowId: batch.workflowId, history });
    })();
    await replay(one);
    await harness.close();
  }, 60_000);
});
