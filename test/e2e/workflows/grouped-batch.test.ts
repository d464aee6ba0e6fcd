import { randomUUID } from 'node:crypto';
import { createSoarRunnerClient } from '../../../src/client/soar-runner.js';
import type { BatchItem, EnrichBatchInput, EnrichBatchResult } from '../../../src/contracts/enrich-batch.js';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { eventually } from '../support/phases.js';
import { isSubmission, simulate } from '../support/requests.js';
import type { SimulateParameters } from '../support/requests.js';

const request = { ...simulate({}), targets: [{ app_id: 2, assets: ['lab'] }] };

/** Items of a container each. */
function ownContainers(count: number, extra: (index: number) => SimulateParameters = () => ({})): BatchItem[] {
  return Array.from({ length: count }, (_, index) => ({
    message: `item ${index}`,
    ...extra(index),
    container_id: index + 2,
  }));
}

/** Containers 2, 3, 4, …: number 1 is there from the start. */
async function createContainers({ sim }: Harness, count: number): Promise<void> {
  const body = JSON.stringify(
    Array.from({ length: count }, (_, index) => ({ name: `case ${index}`, label: 'events' })),
  );
  await fetch(`${sim.url}/rest/container`, { method: 'POST', headers: { 'ph-auth-token': sim.token }, body });
}

describe('a batch of rows that cannot be packed', () => {
  let harness: Harness;
  /** What happens to a POST with this text in its body. */
  let faults: { readonly text: string; readonly instead: () => Response }[];

  beforeEach(async () => {
    faults = [];
    harness = await createHarness({
      breaker: false,
      faults: {
        beforeHandle: async (incoming) => {
          if (!isSubmission(incoming)) return undefined;
          const body = await incoming.clone().text();
          const fault = faults.find(({ text }) => body.includes(text));
          return fault?.instead();
        },
      },
    });
    await createContainers(harness, 120);
  });
  afterEach(() => harness.close());

  const start = (items: readonly BatchItem[], input: Partial<EnrichBatchInput> = {}) =>
    createSoarRunnerClient(harness.client, harness.taskQueue).enrichBatch(`batch-${randomUUID()}`, {
      request,
      items: [...items],
      requestFields: ['container_id'],
      ...input,
    });

  const run = (items: readonly BatchItem[], input: Partial<EnrichBatchInput> = {}): Promise<EnrichBatchResult> =>
    harness.running(async () => (await start(items, input)).result());

  const executions = (): number[] => Object.values(harness.sim.counts().executions['simulate'] ?? {});

  it('runs each in its own container, once, with far less than a workflow each', async () => {
    const result = await run(ownContainers(120));
    expect(result).toMatchObject({ outcome: 'success', distinct: 120, succeeded: 120, failed: 0, childrenStarted: 2 });
    const { data, count } = await harness.soar.listActionRuns({ pageSize: 0 });
    expect(count).toBe(120);
    expect(new Set(data.map(({ container }) => container)).size).toBe(120);
    expect(executions()).toEqual(Array.from({ length: 120 }, () => 1));
  });

  it('waits out a delay, and asks for all of them together', async () => {
    const result = await run(
      ownContainers(60, () => ({ seconds: 1 })),
      { request: { ...request, exec_delay_secs: 1 } },
    );
    expect(result).toMatchObject({ succeeded: 60, failed: 0 });
    const { requests, actionRuns } = { requests: harness.sim.counts().requests, actionRuns: 60 };
    expect(Object.values(requests).reduce((sum, n) => sum + n, 0) / actionRuns).toBeLessThan(1.5);
  });

  it('packs what shares a container', async () => {
    const items = [...ownContainers(30), ...ownContainers(30).map((item) => ({ ...item, message: 'another' }))];
    const result = await run(items);
    expect(result).toMatchObject({ distinct: 60, succeeded: 60 });
    expect(harness.sim.counts().actionRuns).toBe(30);
  });

  it('tells for each what became of it', async () => {
    faults = [
      {
        text: '"item 3"',
        instead: () => Response.json({ failed: true, message: 'not this container' }, { status: 400 }),
      },
    ];
    const result = await run(ownContainers(8, (index) => (index === 5 ? { outcome: 'failed' } : {})));
    expect(result).toMatchObject({ succeeded: 6, failed: 2 });
    const byPlace = new Map(result.runs.map((of) => [of.items[0]?.[0], of]));
    expect(byPlace.get(3)).toMatchObject({
      outcome: 'failed',
      actionRunId: null,
      message: expect.stringContaining('not this container') as string,
    });
    expect(byPlace.get(5)).toMatchObject({ outcome: 'failed', appRunIds: [expect.any(Number)] });
    expect(byPlace.get(0)).toMatchObject({ outcome: 'success', appRunIds: [expect.any(Number)] });
  });

  it('runs an item that failed again up to itemAttempts', async () => {
    const items = ownContainers(5, (index) => (index === 2 ? { outcome: 'failed' } : {}));
    expect(await run(items, { options: { itemAttempts: 3 } })).toMatchObject({ succeeded: 4, failed: 1 });
    expect(executions().sort((a, b) => a - b)).toEqual([1, 1, 1, 1, 3]);
  });

  it('gives an action whose answer was lost, and cannot be found, a workflow of its own that sends it again', async () => {
    let lost = 0;
    faults = [
      {
        text: '"item 4"',
        instead: () => {
          lost += 1;
          if (lost > 1) faults = [];
          return new Response('bad gateway', { status: 502 });
        },
      },
    ];
    const result = await run(ownContainers(10), { options: { run: { settleSecs: 0 } } });
    expect(result).toMatchObject({ succeeded: 10, failed: 0, childrenStarted: 2 });
    expect(executions()).toEqual(Array.from({ length: 10 }, () => 1));
  });

  it.each([
    [1, 'gets a workflow of its own', 2],
    [5, 'get a workflow each', 6],
    [6, 'stay together', 1],
  ])('of twenty runs, %i that outlast all others %s, so that few hold up nobody', async (slow, _what, children) => {
    const items = ownContainers(20, (index) => (index < slow ? { seconds: 15 } : {}));
    const result = await run(items);
    expect(result).toMatchObject({ succeeded: 20, childrenStarted: children });
    expect(executions()).toEqual(Array.from({ length: 20 }, () => 1));
  });

  it('gives one that waits for a person a workflow of its own', async () => {
    const items = ownContainers(3).map((item, index) => ({ ...item, assets: [index === 1 ? 'lab-approval' : 'lab'] }));
    await harness.running(async () => {
      const batch = await start(items, { requestFields: ['container_id', 'assets'] });
      const approval = await eventually(async () => (await harness.soar.listApprovals()).data[0]);
      await eventually(async () => ((await batch.status()).childrenStarted === 2 ? true : undefined));
      const headers = { 'ph-auth-token': harness.sim.token };
      const url = `${harness.sim.url}/rest/approval/${approval.id}`;
      await fetch(url, { method: 'POST', headers, body: JSON.stringify({ status: 'deny' }) });
      expect(await batch.result()).toMatchObject({ succeeded: 2, failed: 1 });
      expect(await batch.runs(1)).toMatchObject([{ outcome: 'denied', items: [[1, 1]] }]);
    });
  });

  it.each(['signal', 'temporal'])('cancelled by %s leaves no run going on in SOAR', async (by) => {
    await harness.running(async () => {
      const batch = await start(ownContainers(30, () => ({ seconds: 600 })));
      await eventually(() => Promise.resolve(harness.sim.counts().actionRuns === 30 ? true : undefined));
      const handle = harness.client.workflow.getHandle(batch.workflowId);
      await (by === 'signal' ? batch.cancel('enough') : handle.cancel());
      expect(await batch.result()).toMatchObject({ outcome: 'cancelled', succeeded: 0 });
    });
    const { data } = await harness.soar.listActionRuns({ excludes: { status__in: ['success', 'failed'] } });
    expect(data).toEqual([]);
  });

  it('keeps a deadline for the whole group', async () => {
    const items = ownContainers(4, (index) => (index === 1 ? { seconds: 600 } : {}));
    const result = await run(items, { options: { run: { timeoutSecs: 6 } } });
    expect(result).toMatchObject({ succeeded: 3, failed: 1 });
    expect(result.runs.filter(({ outcome }) => outcome !== 'success')).toMatchObject([{ outcome: 'timedOut' }]);
  });
});
