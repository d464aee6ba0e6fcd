import { randomUUID } from 'node:crypto';
import type { EnrichBatchInput, EnrichBatchResult } from '../../../src/contracts/enrich-batch.js';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { simulate } from '../support/requests.js';

const ITEMS = Array.from({ length: 4 }, (_, index) => ({ message: `item ${index}`, outcome: 'failed' }));
const ONCE = { 'item 0': 1, 'item 1': 1, 'item 2': 1, 'item 3': 1 };

describe('a run of a batch that broke off without a result, though it may have run', () => {
  let harness: Harness;
  /** What the installed apps say of the action; `undefined`: what they really say. */
  let declared: readonly object[] | 'forbidden' | undefined;
  let askedForType: number;

  /** A SOAR whose app crashes before it has written a result. */
  function beforeHandle({ url }: Request): Promise<Response | undefined> {
    const page = (data: readonly unknown[]): Response =>
      Response.json({ count: data.length, num_pages: data.length > 0 ? 1 : 0, data });
    if (url.includes('/action_result')) return Promise.resolve(page([]));
    if (!url.includes('/rest/app_action')) return Promise.resolve(undefined);
    askedForType += 1;
    if (declared === 'forbidden') return Promise.resolve(Response.json({ failed: true }, { status: 403 }));
    return Promise.resolve(declared && page(declared));
  }

  /** The same in a list of app_runs that is asked for with their results. */
  async function beforeAnswer({ url }: Request, response: Response): Promise<Response> {
    if (!url.includes('include_expensive')) return response;
    const page = (await response.json()) as { data: object[] };
    return Response.json({ ...page, data: page.data.map((appRun) => ({ ...appRun, result_data: [] })) });
  }

  beforeEach(async () => {
    declared = undefined;
    askedForType = 0;
    harness = await createHarness({ faults: { beforeHandle, beforeAnswer } });
  });
  afterEach(() => harness.close());

  async function run(type?: string): Promise<EnrichBatchResult> {
    const targets = [{ app_id: 2, assets: ['lab'] }];
    const request = { ...simulate({}, { targets }), ...(type === undefined ? {} : { type }) };
    const input: EnrichBatchInput = { request, items: ITEMS };
    const workflow = { workflowId: `batch-${randomUUID()}`, taskQueue: harness.taskQueue, args: [input] };
    return harness.running(() =>
      harness.client.workflow.execute('enrichBatch', workflow),
    ) as Promise<EnrichBatchResult>;
  }

  const timesRun = (): Record<string, number> => {
    const runs = Object.entries(harness.sim.counts().executions['simulate'] ?? {});
    return Object.fromEntries(runs.map(([key, times]) => [/item \d+/.exec(key)?.[0] ?? key, times]));
  };

  it('is run again in halves where that changes nothing; SOAR is asked for the type once', async () => {
    expect(await run()).toMatchObject({ outcome: 'failed', succeeded: 0, failed: 4 });
    expect(timesRun()).toEqual({ 'item 0': 3, 'item 1': 3, 'item 2': 3, 'item 3': 3 });
    expect(askedForType).toBe(1);
  });

  it('is not run again where the request says that the action changes something', async () => {
    expect(await run('contain')).toMatchObject({ outcome: 'failed', succeeded: 0, failed: 4 });
    expect(timesRun()).toEqual(ONCE);
    expect(askedForType).toBe(0);
  });

  it('is not run again where the request says nothing and SOAR says that the action changes something', async () => {
    declared = [{ id: 1, action: 'simulate', app: 2, type: 'correct' }];
    await run();
    expect(timesRun()).toEqual(ONCE);
  });

  it.each([
    ['neither says anything', []],
    ['the request says nothing and SOAR does not let us look', 'forbidden'],
  ] as const)('is not run again where %s', async (_case, answer) => {
    declared = answer;
    await run();
    expect(timesRun()).toEqual(ONCE);
  });
});
