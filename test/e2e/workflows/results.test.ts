import type { AppRunResult, RunActionRequest } from '../../../src/contracts/run-action.js';
import { createHarness } from '../support/harness.js';
import type { Harness } from '../support/harness.js';
import { simulate } from '../support/requests.js';

const MIB = 1024 * 1024;

function targets(count: number, bytes: number): RunActionRequest {
  const target = { app_id: 2, assets: ['lab'], parameters: [{ bytes }] };
  return { ...simulate({}), targets: Array.from({ length: count }, () => target) };
}

describe('results', () => {
  let harness: Harness;

  beforeAll(async () => {
    harness = await createHarness();
  });
  afterAll(() => harness.close());

  const run = (request: RunActionRequest, options?: Parameters<Harness['start']>[1]) =>
    harness.running(async () => {
      const handle = await harness.start(request, options);
      const result = await handle.result();
      const { historySize } = (await handle.describe()) as { historySize?: number };
      return { result, historySize: historySize ?? Infinity };
    });

  /** As a caller reads what did not come inline: page by page. */
  const readBack = async ({ id }: AppRunResult): Promise<number> => {
    const { data } = await harness.soar.listActionResults(id, { pageSize: 1 });
    return JSON.stringify(data).length;
  };

  it('of ten app_runs with a mebibyte each stay in SOAR, and all ten can be read back', async () => {
    const { result, historySize } = await run(targets(10, MIB));
    expect(result).toMatchObject({ outcome: 'success', appRunsOmitted: 0 });
    expect(result.appRuns).toHaveLength(10);
    expect(result.appRuns.every(({ results }) => results === undefined)).toBe(true);
    expect(result.appRuns.map(({ resultsOmitted }) => resultsOmitted)).toEqual(
      Array.from({ length: 10 }, () => ({ count: 1, succeeded: 1, failures: [] })),
    );
    const sizes: number[] = [];
    for (const appRun of result.appRuns) sizes.push(await readBack(appRun));
    expect(sizes.every((size) => size > MIB)).toBe(true);
    expect(historySize).toBeLessThan(100 * 1024);
  });

  it('come inline while they fit the budget of the caller, in the order of the app_runs', async () => {
    const { result } = await run(targets(3, 1_000), { inlineResultBytes: 100_000 });
    expect(result.appRuns.map(({ results }) => results?.length)).toEqual([1, 1, 1]);
    const { result: none } = await run(targets(3, 1_000), { inlineResultBytes: 0 });
    expect(none.appRuns.map(({ resultsOmitted }) => resultsOmitted?.count)).toEqual([1, 1, 1]);
  });

  it('of more app_runs than one group are all there', async () => {
    const { result } = await run(targets(25, 10));
    expect(result.appRuns.map(({ results }) => results?.length)).toEqual(Array.from({ length: 25 }, () => 1));
  });

  it('of a failed parameter set carry its status and message, also when they are omitted', async () => {
    const request = simulate({ outcome: 'failed', message: 'quarantined' });
    const { result } = await run(request, { inlineResultBytes: 0 });
    expect(result.appRuns[0]?.resultsOmitted).toEqual({
      count: 1,
      succeeded: 0,
      failures: [{ index: 0, status: 'failed', message: 'quarantined' }],
    });
  });

  it('of a thousand parameter sets leave the history under 100 KiB beyond the request itself', async () => {
    const parameters = Array.from({ length: 1_000 }, (_, index) => ({ message: `set ${index}`, bytes: 2_000 }));
    const request = { ...simulate({}), targets: [{ app_id: 2, assets: ['lab'], parameters }] };
    const { result, historySize } = await run(request);
    expect(result.appRuns[0]?.resultsOmitted).toMatchObject({ count: 1_000, succeeded: 1_000 });
    // The request stands in the workflow's input and in the input of the one activity that submits it.
    expect(historySize).toBeLessThan(100 * 1024 + 2 * JSON.stringify(request).length);
  });
});
