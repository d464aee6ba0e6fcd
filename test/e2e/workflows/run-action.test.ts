import type { RunActionRequest } from '../../../src/contracts/run-action.js';
import type { Harness } from '../support/harness.js';
import { createHarness } from '../support/harness.js';
import { geolocate, simulate } from '../support/requests.js';

describe('runAction', () => {
  let harness: Harness;

  beforeAll(async () => {
    harness = await createHarness({ actionDurationMs: 50 });
  });
  afterAll(() => harness.close());

  const run = (request: RunActionRequest, options?: Parameters<Harness['start']>[1]) =>
    harness.running(async () => (await harness.start(request, options)).result());

  it('brings back the results of every parameter set', async () => {
    const result = await run(geolocate(['8.8.8.8', '10.0.0.1']));
    expect(result).toMatchObject({ outcome: 'success', submissions: 1, appRunsOmitted: 0, surplusRuns: [] });
    expect(result.appRuns[0]?.results).toMatchObject([
      { status: 'success', data: [{ country_iso_code: 'US' }], parameter: { ip: '8.8.8.8' } },
      { status: 'failed', message: expect.stringContaining('private') as string, parameter: { ip: '10.0.0.1' } },
    ]);
  });

  it('keeps the caller’s name readable in SOAR, with its tag behind it', async () => {
    const { actionRun } = await run(geolocate(['8.8.8.8'], { name: 'is it ours?' }));
    expect(actionRun?.name).toMatch(/^is it ours\? \[soar-runner:[0-9a-f-]{36}\]$/);
  });

  it('ends an action that failed as a result', async () => {
    const result = await run(simulate({ outcome: 'failed', message: 'no such host' }));
    expect(result).toMatchObject({ outcome: 'failed', appRuns: [{ status: 'failed' }] });
    expect(result.appRuns[0]?.results).toMatchObject([{ status: 'failed', message: 'no such host' }]);
  });

  it('ends as a failed workflow where the caller wants that, with the result in the failure', async () => {
    const failure = await run(simulate({ outcome: 'failed' }), { failUnlessSuccess: true }).catch((e: unknown) => e);
    expect(failure).toMatchObject({
      cause: {
        type: 'ActionRunNotSuccessful',
        details: [{ outcome: 'failed', actionRunId: expect.any(Number) as number }],
      },
    });
  });

  it('is not stopped by names longer than Temporal’s fields', async () => {
    const long = '長'.repeat(3_000);
    const result = await run({ ...simulate({}), action: long, name: long });
    expect(result).toMatchObject({ outcome: 'failed', actionRun: { action: long } });
  });

  it('reports a run that failed without an app_run', async () => {
    const result = await run({ ...geolocate(['8.8.8.8']), targets: [{ app_id: 'nonsense', assets: ['maxmind'] }] });
    expect(result).toMatchObject({ outcome: 'failed', message: 'app_id has invalid format', appRuns: [] });
  });

  it('writes at most 16 history events for a quick action and, delayed, at most 21', async () => {
    const events = async (request: RunActionRequest): Promise<number> =>
      harness.running(async () => {
        const handle = await harness.start(request);
        await handle.result();
        return (await handle.fetchHistory()).events?.length ?? 0;
      });
    expect(await events(simulate({}))).toBeLessThanOrEqual(16);
    expect(await events(simulate({}, { exec_delay_secs: 1 }))).toBeLessThanOrEqual(21);
  });

  it('starts one workflow and one remote run for a hundred identical triggers at once (F18)', async () => {
    const before = harness.sim.counts().actionRuns;
    const workflowId = `trigger-${harness.taskQueue}`;
    const start = () =>
      harness.client.workflow.start('runAction', {
        workflowId,
        taskQueue: harness.taskQueue,
        args: [simulate({ seconds: 600 })],
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
    await harness.running(async () => {
      const handles = await Promise.all(Array.from({ length: 100 }, start));
      await handles[0]?.signal('cancel');
      await Promise.all(handles.slice(0, 3).map((handle) => handle.result()));
    });
    expect(harness.sim.counts().actionRuns - before).toBe(1);
  });

  it('control: triggers without a workflow id of their own start a run each', async () => {
    const before = harness.sim.counts().actionRuns;
    await harness.running(async () => {
      const handles = await Promise.all(Array.from({ length: 5 }, () => harness.start(simulate({}))));
      await Promise.all(handles.map((handle) => handle.result()));
    });
    expect(harness.sim.counts().actionRuns - before).toBe(5);
  });
});
