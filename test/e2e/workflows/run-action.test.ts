import type { Harness } from '../support/harness.js';
import { createHarness } from '../support/harness.js';
import { geolocate, simulate } from '../support/requests.js';

describe('runAction', () => {
  let harness: Harness;

  beforeAll(async () => {
    harness = await createHarness({ actionDurationMs: 50 });
  });
  afterAll(() => harness.close());

  it('brings back the results of every parameter set', async () => {
    const result = await harness.running(async () =>
      (await harness.start(geolocate(['8.8.8.8', '10.0.0.1']))).result(),
    );
    console.log(JSON.stringify(result, null, 1));
    expect(result).toMatchObject({ outcome: 'success', submissions: 1, appRunsOmitted: 0 });
    expect(result.appRuns[0]?.results).toMatchObject([
      { status: 'success', data: [{ country_iso_code: 'US' }], parameter: { ip: '8.8.8.8' } },
      { status: 'failed', parameter: { ip: '10.0.0.1' } },
    ]);
  });
  it('sim', async () => {
    const h = await harness.running(async () => {
      const h = await harness.start(simulate({ seconds: 1 }));
      await h.result();
      return h;
    });
    const history = await h.fetchHistory();
    console.log(history.events?.length, history.events?.map((e) => e.eventType).join(' '));
  });
});
