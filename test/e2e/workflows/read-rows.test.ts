import { randomUUID } from 'node:crypto';
import { createSoarRunnerClient } from '../../../src/client/soar-runner.js';
import type { BatchProgress, EnrichBatchInput } from '../../../src/contracts/enrich-batch.js';
import type { ReadRowsInput, Row, RowsPage } from '../../../src/contracts/read-rows.js';
import { envelope } from '../support/answers.js';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { eventually } from '../support/phases.js';
import { simulate } from '../support/requests.js';

const request = { ...simulate({}), targets: [{ app_id: 2, assets: ['lab'] }] };
const someItems = (count: number, extra: object = {}) =>
  Array.from({ length: count }, (_, index) => ({ message: `item ${index}`, ...extra }));

describe('rows that a caller without SOAR’s token reads', () => {
  let harness: Harness;
  /** Ids of app_runs that SOAR has no more, and how many results it was asked for. */
  const gone = new Set<string>();
  let reads = 0;

  beforeAll(async () => {
    harness = await createHarness({
      breaker: false,
      faults: {
        beforeHandle: (incoming) => {
          const { pathname, search } = new URL(incoming.url);
          const [, id] = /^\/rest\/app_run\/(\d+)\/action_result/.exec(pathname) ?? [];
          if (id !== undefined || search.includes('include_expensive')) reads += 1;
          return Promise.resolve(id && gone.has(id) ? envelope(404, 'Requested item not found') : undefined);
        },
      },
    });
    const containers = Array.from({ length: 12 }, (_, index) => ({ name: `case ${index}`, label: 'events' }));
    const headers = { 'ph-auth-token': harness.sim.token };
    await fetch(`${harness.sim.url}/rest/container`, { method: 'POST', headers, body: JSON.stringify(containers) });
    await harness.serve();
  });
  afterAll(() => harness.close());

  const start = (input: Partial<EnrichBatchInput>) =>
    createSoarRunnerClient(harness.client, harness.taskQueue).enrichBatch(`batch-${randomUUID()}`, {
      request,
      ...input,
    });

  const page = (input: ReadRowsInput): Promise<RowsPage> =>
    harness.client.workflow.execute('readRows', {
      workflowId: `rows-${randomUUID()}`,
      taskQueue: harness.taskQueue,
      args: [input],
    });

  async function all(workflowId: string, limit?: number): Promise<{ rows: Row[]; pages: RowsPage[] }> {
    const pages: RowsPage[] = [];
    for (let from: number | null = 0; from !== null; from = pages.at(-1)?.next ?? null)
      pages.push(await page({ workflowId, from, limit }));
    return { rows: pages.flatMap(({ rows }) => rows), pages };
  }

  /** A query fails while its workflow is between two tries of a task. */
  const progressOf = (batch: { status: () => Promise<BatchProgress> }): Promise<BatchProgress | undefined> =>
    batch.status().catch(() => undefined);

  const places = (rows: readonly Row[]): number[] => rows.map(({ place }) => place);
  const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

  it('come of a packed batch all, in the order of the items, duplicates once', async () => {
    const items = someItems(230);
    const batch = await start({ items: [...items, ...items.slice(0, 20)] });
    await batch.result();
    reads = 0;
    const { rows, pages } = await all(batch.workflowId, 40);
    expect(places(rows)).toEqual(upTo(230));
    expect(rows.map(({ item }) => item)).toEqual(items);
    expect(rows.every(({ status, results }) => status === 'success' && results.length === 1)).toBe(true);
    expect(pages.map((each) => each.rows.length)).toEqual([40, 40, 40, 40, 40, 30]);
    // Three runs of up to a hundred: each is read once, whatever the pages.
    expect(reads).toBeLessThanOrEqual(5);
  });

  it('come of a grouped batch with the fields that say where each ran', async () => {
    const items = Array.from({ length: 36 }, (_, n) => ({ message: `item ${n}`, container_id: (n % 12) + 2 }));
    const batch = await start({ items, requestFields: ['container_id'], options: { itemsPerRun: 2 } });
    const { childrenStarted } = await batch.result();
    expect(childrenStarted).toBeLessThan(18);
    const { rows } = await all(batch.workflowId, 7);
    expect(rows.map(({ item }) => item)).toEqual(items);
    expect(new Set(rows.map(({ actionRunId }) => actionRunId)).size).toBe(24);
  });

  it('are those of the last run of an item that was run again', async () => {
    const items = [...someItems(3), { message: 'bad', outcome: 'failed' as const }, { message: 'last' }];
    const batch = await start({ items, options: { itemAttempts: 3, itemsPerRun: 2 } });
    await batch.result();
    const { rows } = await all(batch.workflowId, 2);
    expect(rows.map(({ status }) => status)).toEqual(['success', 'success', 'success', 'failed', 'success']);
    const last = await harness.soar.listActionRuns({ pageSize: 0, sort: 'id', order: 'desc' });
    expect(rows[3]?.actionRunId).toBe(Math.max(...last.data.map(({ id }) => id)));
  });

  it('come while the batch runs, as far as they are there, and never before an item that still runs', async () => {
    const batch = await start({ streamed: true, options: { itemsPerRun: 1 } });
    const { workflowId } = batch;
    expect(await page({ workflowId })).toEqual({ rows: [], next: 0 });
    await batch.addItems(someItems(3), 0);
    const first = await page({ workflowId, waitSecs: 60 });
    expect(first.next).toBe(first.rows.length);
    await batch.addItems([{ message: 'slow', seconds: 600 }, { message: 'quick' }], 3);
    await eventually(async () => ((await progressOf(batch))?.done === 4 ? true : undefined));
    expect(await page({ workflowId })).toMatchObject({ rows: [{}, {}, {}], next: 3 });
    expect(await page({ workflowId, from: 3 })).toEqual({ rows: [], next: 3 });
    expect(await page({ workflowId, from: 4 })).toMatchObject({ rows: [{ place: 4, status: 'success' }], next: 5 });
    await batch.cancel('enough');
    await batch.result();
    const { rows } = await all(workflowId);
    expect(rows.map(({ status }) => status)).toEqual(['success', 'success', 'success', 'cancelled', 'success']);
    expect(await page({ workflowId, from: 5 })).toEqual({ rows: [], next: null });
    expect(await page({ workflowId, from: 99 })).toEqual({ rows: [], next: null });
  });

  it('say of an item that was never run that the batch ended before', async () => {
    const batch = await start({
      items: someItems(4, { seconds: 600 }),
      options: { itemsPerRun: 1, maxRunsInFlight: 1 },
    });
    await eventually(async () => ((await progressOf(batch))?.childrenStarted ? true : undefined));
    await batch.cancel();
    await batch.result();
    const { rows } = await all(batch.workflowId);
    expect(rows.map(({ status }) => status)).toEqual(Array.from({ length: 4 }, () => 'cancelled'));
    expect(rows.at(-1)?.message).toMatch(/never run/);
  });

  it('say that they are gone where SOAR has them no more', async () => {
    const batch = await start({ items: someItems(6), options: { itemsPerRun: 3 } });
    const { runs } = await batch.result();
    gone.add(String(runs[1]?.appRunIds[0]));
    const data = await harness.soar.listAppRuns({ filters: { id__in: runs.flatMap(({ appRunIds }) => appRunIds) } });
    expect(data.count).toBe(2);
    const { rows } = await all(batch.workflowId, 1);
    expect(rows.map(({ status }) => status).slice(0, 3)).toEqual(['success', 'success', 'success']);
    expect(rows.slice(3).map(({ status }) => status)).toEqual(['gone', 'gone', 'gone']);
    expect(rows[5]?.message).toMatch(/404|not found/i);
    expect(rows[5]?.item).toEqual({ message: 'item 5' });
  });

  it('have the message of a run that SOAR refused', async () => {
    const batch = await start({ request: { ...request, container_id: 4_711 }, items: someItems(2) });
    await batch.result();
    const { rows } = await all(batch.workflowId);
    expect(rows).toMatchObject([
      { status: 'failed', results: [], item: { message: 'item 0' } },
      { status: 'failed', results: [] },
    ]);
    expect(rows[0]?.message).not.toBe('');
  });

  it('fit a payload, however large they are, and one that cannot says where it is', async () => {
    const items = [...someItems(12, { bytes: 100_000 }), { message: 'huge', bytes: 1_500_000 }, { message: 'small' }];
    const batch = await start({ items, options: { itemsPerRun: 20 } });
    await batch.result();
    const { rows, pages } = await all(batch.workflowId);
    expect(places(rows)).toEqual(upTo(14));
    for (const each of pages) expect(JSON.stringify(each).length).toBeLessThan(1_100_000);
    expect(rows[12]).toMatchObject({
      status: 'success',
      results: [],
      message: expect.stringMatching(/app_run \d+/) as string,
    });
    expect(rows[13]?.results).toHaveLength(1);
  });

  it('are the results of a runAction that its own result leaves in SOAR', async () => {
    const given = { ...request, targets: [{ app_id: 2, assets: ['lab'], parameters: someItems(250) }] };
    const run = await harness.start(given, { inlineResultBytes: 0 });
    expect(await run.result()).toMatchObject({ appRuns: [{ resultsOmitted: { count: 250 } }] });
    reads = 0;
    const { rows } = await all(run.workflowId, 30);
    expect(places(rows)).toEqual(upTo(250));
    expect(rows.map(({ item }) => item)).toEqual(someItems(250));
    // Each page begins where it must, not at the beginning.
    expect(reads).toBeLessThanOrEqual(9 + 4);
  });

  it('are the results of a runAction that has them inline, and of one that failed its workflow', async () => {
    const given = {
      ...request,
      targets: [{ app_id: 2, assets: ['lab'], parameters: [{ message: 'no', outcome: 'failed' }] }],
    };
    const run = await harness.start(given, { failUnlessSuccess: true });
    await expect(run.result()).rejects.toThrow();
    expect(await page({ workflowId: run.workflowId })).toMatchObject({ rows: [{ status: 'failed' }], next: null });
    const going = await harness.start(simulate({ seconds: 600 }));
    expect(await page({ workflowId: going.workflowId })).toEqual({ rows: [], next: 0 });
    await going.signal('cancel');
    await going.result();
  });

  const failing = (input: unknown): Promise<unknown> =>
    page(input as ReadRowsInput).then(
      () => 'no failure',
      (error: unknown) => (error instanceof Error ? error.cause : error),
    );

  it.each<[unknown, string, RegExp]>([
    [{ workflowId: 'nowhere' }, 'RowsNotReadable', /workflowId: there is no workflow "nowhere"/],
    [{ workflowId: null }, 'SOAR_INVALID_REQUEST', /workflowId: must be text/],
    [{ workflowID: 'x' }, 'SOAR_INVALID_REQUEST', /workflowID: is not known; did you mean workflowId/],
    [{ workflowId: 'x', limit: 0 }, 'SOAR_INVALID_REQUEST', /limit: must be 1 to 10,000, was 0/],
    [{ workflowId: 'x', from: -1 }, 'SOAR_INVALID_REQUEST', /from: must be 0 to/],
    [{ workflowId: 'x', from: '0' }, 'SOAR_INVALID_REQUEST', /from: must be a whole number/],
    ['x', 'SOAR_INVALID_REQUEST', /input: must be an object/],
  ])('are refused to %j by name', async (input, type, message) => {
    expect(await failing(input)).toMatchObject({
      type,
      nonRetryable: true,
      message: expect.stringMatching(message) as string,
    });
  });

  it('are refused of a workflow that has none, with its type', async () => {
    const own = await harness.client.workflow.start('readRows', {
      workflowId: `rows-${randomUUID()}`,
      taskQueue: harness.taskQueue,
      args: [{ workflowId: 'nowhere' }],
    });
    expect(await failing({ workflowId: own.workflowId })).toMatchObject({
      message: expect.stringMatching(/readRows/) as string,
    });
  });
});
