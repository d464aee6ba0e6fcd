import { createHarness } from '../support/harness.js';
import { replay } from '../support/replay-all.js';
import { simulate } from '../support/requests.js';

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
});
