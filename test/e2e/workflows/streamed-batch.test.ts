import { randomUUID } from 'node:crypto';
import type { CarriedInput } from '../../../src/activities/validate-input.js';
import { createSoarRunnerClient } from '../../../src/client/soar-runner.js';
import type { BatchItem, EnrichBatchInput } from '../../../src/contracts/enrich-batch.js';
import { fromRanges } from '../../../src/model/batch/ranges.js';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { eventually } from '../support/phases.js';
import { simulate } from '../support/requests.js';

const request = { ...simulate({}), targets: [{ app_id: 2, assets: ['lab'] }] };
const numbered = (first: number, count: number, extra: object = {}): BatchItem[] =>
  Array.from({ length: count }, (_, index) => ({ message: `item ${first + index}`, ...extra }));

describe('a batch whose items are streamed', () => {
  let harness: Harness;

  beforeEach(async () => {
    harness = await createHarness({ cached: false });
  });
  afterEach(() => harness.close());

  const start = (input: Omit<EnrichBatchInput, 'request'> = {}) =>
    createSoarRunnerClient(harness.client, harness.taskQueue).enrichBatch(
      `batch-${randomUUID()}`,
      { request, ...input },
      { job: 'mine' },
    );

  const executions = (): number[] => Object.values(harness.sim.counts().executions['simulate'] ?? {});

  it('runs pages as they come, drops what an earlier page had, and ends when it is closed', async () => {
    await harness.running(async () => {
      const batch = await start({ options: { itemsPerRun: 5 } });
      const first = await batch.addItems(numbered(0, 12), 0);
      expect(first).toEqual({ total: 12, distinct: 12, places: [[0, 12]] });
      const second = await batch.addItems([...numbered(20, 2), ...numbered(3, 2)], 12);
      expect(second).toMatchObject({ total: 16, distinct: 14 });
      expect(fromRanges(second.places, 4)).toEqual([12, 13, 3, 4]);
      expect(await batch.status()).toMatchObject({ closed: false });
      expect(await batch.close()).toEqual({ total: 16, distinct: 14 });
      expect(await batch.result()).toMatchObject({
        outcome: 'success',
        total: 16,
        distinct: 14,
        succeeded: 14,
        failed: 0,
      });
    });
    expect(executions()).toEqual(Array.from({ length: 14 }, () => 1));
  });

  it('takes a page that is sent again once, and refuses one that leaves a gap', async () => {
    await harness.running(async () => {
      const batch = await start();
      await batch.addItems(numbered(0, 10), 0);
      expect(await batch.addItems(numbered(0, 10), 0)).toMatchObject({ total: 10 });
      expect(await batch.addItems(numbered(5, 10), 5)).toMatchObject({ total: 15 });
      await expect(batch.addItems(numbered(30, 1), 30)).rejects.toMatchObject({
        code: 'InvalidItems',
        problems: [expect.stringMatching(/^offset: 15 items are here/) as string],
      });
      await batch.close();
      expect(await batch.result()).toMatchObject({ total: 15, succeeded: 15 });
    });
  });

  it.each([
    ['nothing', [], /items: must be a list of at least one/],
    ['text', ['8.8.8.8'], /items\[0\]: must be an object/],
    ['an offset below 0', { items: [{ ip: '8.8.8.8' }], offset: -1 }, /offset: must be a whole number/],
    ['too many bytes', [{ ip: 'x'.repeat(200_000) }], /items: must be at most 131072 bytes/],
    [
      'a container that is none',
      [{ ip: '8.8.8.8', container_id: 'seven' }],
      /items\[0\]\.container_id: must be a number/,
    ],
  ])('refuses a page with %s by the name of the field, and goes on', async (_what, page, message) => {
    await harness.running(async () => {
      const batch = await start({ requestFields: ['container_id'] });
      const update = harness.client.workflow.getHandle(batch.workflowId).executeUpdate('addItems', { args: [page] });
      await expect(update).rejects.toMatchObject({ cause: { message: expect.stringMatching(message) as string } });
      await batch.addItems(numbered(0, 1), 0);
      await batch.close();
      expect(await batch.result()).toMatchObject({ total: 1, succeeded: 1 });
    });
  });

  it('refuses items once it is closed, and when everything came with the start', async () => {
    await harness.running(async () => {
      const batch = await start({ items: numbered(0, 5, { seconds: 4 }) });
      await expect(batch.addItems(numbered(9, 1), 5)).rejects.toMatchObject({
        name: 'InvalidInput',
        code: 'BatchClosed',
      });
      expect(await batch.result()).toMatchObject({ total: 5 });
    });
  });

  it('holds a page back while many items wait, and takes it once there is room', async () => {
    const large = { message: 'x'.repeat(3_000) };
    const page = (first: number): BatchItem[] => numbered(first, 40).map((item) => ({ ...large, n: item['message'] }));
    await harness.running(async () => {
      const batch = await start({ options: { itemsPerRun: 10 } });
      await harness.client.workflow.getHandle(batch.workflowId).signal('pause');
      for (const n of [0, 1, 2]) await batch.addItems(page(n * 40), n * 40);
      const held = batch.addItems(page(120), 120);
      let isTaken = false;
      void held.then(() => (isTaken = true));
      await eventually(async () => ((await batch.status()).total === 120 ? true : undefined));
      expect(isTaken).toBe(false);
      await harness.client.workflow.getHandle(batch.workflowId).signal('resume');
      expect(await held).toMatchObject({ total: 160 });
      await batch.close();
      expect(await batch.result()).toMatchObject({ total: 160, succeeded: 160 });
    });
  });

  it('continues as new before its history grows long, and loses nothing and runs nothing twice', async () => {
    const pages = Array.from({ length: 6 }, (_, n) => numbered(n * 50, 50));
    await harness.running(async () => {
      // Two action_runs at a time: a child for each, so that the history grows.
      const batch = await start({ options: { itemsPerRun: 5, maxRunsInFlight: 2 } });
      for (const [n, page] of pages.entries()) await batch.addItems(page, n * 50);
      const described = () => harness.client.workflow.getHandle(batch.workflowId).describe();
      await eventually(async () => {
        const { raw, runId } = await described();
        return raw.workflowExecutionInfo?.firstRunId === runId ? undefined : true;
      });
      // Duplicates of what the earlier run of the workflow had seen.
      await batch.addItems(numbered(0, 20), 300);
      await batch.close();
      expect(await batch.result()).toMatchObject({ total: 320, distinct: 300, succeeded: 300, runsOmitted: 0 });
      expect((await described()).historyLength).toBeLessThan(600);
      expect((await described()).memo).toEqual({ job: 'mine' });
    });
    expect(executions()).toEqual(Array.from({ length: 300 }, () => 1));
  });

  it('goes on showing what it has while the next run of its workflow is checked', async () => {
    let check: () => void = () => undefined;
    let wasReached = false;
    const released = new Promise<void>((resolve) => (check = resolve));
    const { validateCarried } = harness.activities;
    const held = async (given: CarriedInput): Promise<true> => {
      wasReached = true;
      await released;
      return validateCarried(given);
    };
    const worker = await harness.worker({ activities: { ...harness.activities, validateCarried: held } });
    await worker.runUntil(async () => {
      const batch = await start({ options: { itemsPerRun: 5, maxRunsInFlight: 2 } });
      for (let n = 0; n < 6; n += 1) await batch.addItems(numbered(n * 50, 50), n * 50);
      await eventually(() => Promise.resolve(wasReached || undefined));
      const { total, done } = await batch.status().finally(check);
      expect(total).toBe(300);
      expect(done).toBeGreaterThan(0);
      await batch.close();
      expect(await batch.result()).toMatchObject({ total: 300, succeeded: 300 });
    });
  });

  it('lets a reader find every row by its children alone', async () => {
    await harness.running(async () => {
      const batch = await start({ options: { itemsPerRun: 7 }, items: numbered(0, 30), streamed: false });
      const { childrenStarted } = await batch.result();
      const runs = (await Promise.all(Array.from({ length: childrenStarted }, (_, n) => batch.runs(n)))).flat();
      expect(runs.flatMap(({ items }) => fromRanges(items, 1_000)).sort((a, b) => a - b)).toEqual(
        Array.from({ length: 30 }, (_, place) => place),
      );
      expect(runs.every(({ appRunIds }) => appRunIds.length === 1)).toBe(true);
    });
  });
});
