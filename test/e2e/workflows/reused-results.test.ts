import { randomUUID } from 'node:crypto';
import { createSoarRunnerClient } from '../../../src/client/soar-runner.js';
import type { BatchItem, EnrichBatchInput, EnrichBatchResult } from '../../../src/contracts/enrich-batch.js';
import { fromRanges } from '../../../src/model/batch/ranges.js';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { geolocate, simulate } from '../support/requests.js';

const ips = (first: number, count: number): BatchItem[] =>
  Array.from({ length: count }, (_, index) => ({
    ip: `8.8.${Math.floor((first + index) / 200)}.${(first + index) % 200}`,
  }));

describe('reuseWithinSecs', () => {
  let harness: Harness;

  beforeEach(async () => {
    harness = await createHarness();
  });
  afterEach(() => harness.close());

  const run = async (input: EnrichBatchInput): Promise<EnrichBatchResult> => {
    const client = createSoarRunnerClient(harness.client, harness.taskQueue);
    return (await client.enrichBatch(`batch-${randomUUID()}`, input)).result();
  };

  const locate = (items: BatchItem[], assets: (string | number)[], options: EnrichBatchInput['options'] = {}) =>
    run({ request: { ...geolocate([]), targets: [{ app_id: 1, assets }] }, items, options });

  const timesRun = (ip: string): number => harness.sim.counts().executions['geolocate ip']?.[ip] ?? 0;

  it('takes what SOAR has already, runs the rest, and says which run each came from', async () => {
    await harness.running(async () => {
      const first = await locate(ips(0, 30), ['maxmind'], { itemsPerRun: 20 });
      const again = await locate([...ips(10, 30)], ['maxmind'], { itemsPerRun: 20, reuseWithinSecs: 3_600 });
      expect(again).toMatchObject({ distinct: 30, succeeded: 30, reused: 20, failed: 0 });
      const reused = again.runs.filter((of) => of.reused);
      expect(reused.flatMap(({ items }) => fromRanges(items, 1_000)).sort((a, b) => a - b)).toEqual(
        Array.from({ length: 20 }, (_, place) => place),
      );
      const known = new Set(first.runs.map(({ actionRunId }) => actionRunId));
      expect(reused.every(({ actionRunId }) => known.has(actionRunId))).toBe(true);
    });
    expect(timesRun('8.8.0.15')).toBe(1);
    expect(timesRun('8.8.0.35')).toBe(1);
  });

  it('is off by default', async () => {
    await harness.running(async () => {
      await locate(ips(0, 3), ['maxmind']);
      expect(await locate(ips(0, 3), ['maxmind'])).toMatchObject({ reused: 0, succeeded: 3 });
    });
    expect(timesRun('8.8.0.1')).toBe(2);
  });

  it('knows an asset by its number and by its name, and takes nothing of another asset', async () => {
    const request = (assets: (string | number)[]) => ({ ...simulate({}), targets: [{ app_id: 2, assets }] });
    const items = [{ message: 'one' }, { message: 'two' }];
    const options = { reuseWithinSecs: 3_600 };
    await harness.running(async () => {
      const { runs } = await run({ request: request(['lab']), items });
      const appRun = await harness.soar.getAppRun(runs[0]?.appRunIds[0] ?? 0);
      expect(await run({ request: request([appRun.asset ?? 0]), items, options })).toMatchObject({ reused: 2 });
      const other = await run({ request: request(['maxmind']), items, options });
      expect(other).toMatchObject({ reused: 0 });
    });
  });

  it('takes no failed result and none that is too old', async () => {
    const request = { ...simulate({}), targets: [{ app_id: 2, assets: ['lab'] }] };
    const items = [{ message: 'good' }, { message: 'bad', outcome: 'failed' }];
    await harness.running(async () => {
      await run({ request, items });
      expect(await run({ request, items, options: { reuseWithinSecs: 3_600 } })).toMatchObject({
        reused: 1,
        failed: 1,
      });
      await run({ request, items: [{ message: 'a while', seconds: 2 }] });
      expect(await run({ request, items, options: { reuseWithinSecs: 1 } })).toMatchObject({ reused: 0 });
    });
  });
});

describe('an earlier result', () => {
  /** What SOAR says of its app_runs from now on. */
  let rewrite: (row: Record<string, unknown>) => object;
  let harness: Harness;

  beforeEach(async () => {
    rewrite = (row) => row;
    const beforeAnswer = async (request: Request, response: Response): Promise<Response> => {
      if (new URL(request.url).pathname !== '/rest/app_run') return response;
      const body = (await response.json()) as { data: Record<string, unknown>[] };
      return Response.json({ ...body, data: body.data.map((row) => rewrite(row)) });
    };
    harness = await createHarness({ faults: { beforeAnswer } });
  });
  afterEach(() => harness.close());

  const TEN_HOURS_MS = 10 * 3_600_000;
  const shifted = (row: Record<string, unknown>, byMs: number): object => ({
    ...row,
    end_time: new Date(Date.parse(String(row['end_time'])) + byMs).toISOString(),
  });

  it.each<[string, boolean, (row: Record<string, unknown>) => object]>([
    ['from SOAR’s future, by a zone ten hours ahead', false, (row) => shifted(row, TEN_HOURS_MS)],
    ['whose app_run is another run’s now', true, (row) => ({ ...row, action_run: 99 })],
    ['whose app_run has ended at another time', true, (row) => shifted(row, -60_000)],
  ])('is not reused: %s', async (_what, remembers, change) => {
    const client = createSoarRunnerClient(harness.client, harness.taskQueue);
    const request = { ...simulate({}), targets: [{ app_id: 2, assets: ['lab'] }] };
    const batch = async (options: EnrichBatchInput['options'] = {}): Promise<EnrichBatchResult> =>
      (await client.enrichBatch(`batch-${randomUUID()}`, { request, items: [{ message: 'one' }], options })).result();
    await harness.running(async () => {
      await batch();
      // The worker remembers what SOAR said before; of a clock that is wrong from the start it remembers nothing.
      if (remembers) expect(await batch({ reuseWithinSecs: 3_600 })).toMatchObject({ reused: 1 });
      rewrite = change;
      expect(await batch({ reuseWithinSecs: 3_600 })).toMatchObject({ reused: 0, succeeded: 1 });
    });
  });
});
