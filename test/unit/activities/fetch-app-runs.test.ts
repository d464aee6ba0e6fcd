import { fetchAppRuns } from '../../../src/activities/results/app-runs.js';
import type { FetchAppRunsInput, FetchedAppRuns } from '../../../src/activities/results/app-runs.js';
import { jsonBytes } from '../../../src/model/json.js';
import { Cleanup, clientFor } from '../soar/support/servers.js';
import { servePages } from './support/pages.js';
import { attempt } from './support/run-activity.js';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

/** Temporal takes no payload above this. */
const PAYLOAD_BYTES = 2 * 1024 * 1024;

function appRuns(count: number, extra: Record<string, unknown> = {}): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    status: 'success',
    message: 'fine',
    app: 1,
    ...extra,
  }));
}

async function fetched(rows: readonly unknown[]): Promise<FetchedAppRuns> {
  const server = await servePages(cleanup, rows);
  const soar = clientFor(cleanup, server.url);
  const input = { actionRunId: 7, mark: '[ours]', origin: null, budgetBytes: 10_000 };
  const { result } = await attempt((run: FetchAppRunsInput) => fetchAppRuns(soar, run), input);
  if (!result) throw new Error('the app_runs were not fetched');
  return result;
}

describe('the app_runs of a run', () => {
  it('come back whole, over several pages', async () => {
    const rows = appRuns(230);
    expect(await fetched(rows)).toEqual({ appRuns: rows, omitted: 0, unread: null, results: null });
  });

  it.each([
    [10, 10],
    [11, undefined],
  ])('that are %d come with the results of %s', async (count, withResults) => {
    const { results } = await fetched(appRuns(count));
    expect(results?.length).toBe(withResults);
    expect(results?.every(({ outcome }) => 'results' in outcome) ?? true).toBe(true);
  });

  it('are 500 at the most, and the rest is counted', async () => {
    const { appRuns: kept, omitted } = await fetched(appRuns(512));
    expect([kept.length, omitted]).toEqual([500, 12]);
  });

  it('have a long message cut', async () => {
    const { appRuns: kept } = await fetched(appRuns(1, { message: 'm'.repeat(10_000) }));
    expect(kept[0]?.message).toBe('m'.repeat(8_192));
  });

  it('come without results, also if SOAR sends them unasked', async () => {
    const expensive = {
      result_data: [{ status: 'success', message: '' }],
      extra_data: [1],
      result_summary: { total_objects: 1 },
    };
    const { appRuns: kept } = await fetched(appRuns(1, expensive));
    expect(kept).toEqual(appRuns(1, { result_summary: { total_objects: 1 } }));
  });

  it('are reduced to what everybody needs where a row is large without its message', async () => {
    const { appRuns: kept } = await fetched(appRuns(1, { asset: 5, unknown_field: 'x'.repeat(5_000) }));
    expect(kept[0]).toEqual({ id: 1, status: 'success', message: 'fine', app: 1, asset: 5 });
  });

  it('fit a payload of Temporal’s however large every one of them is', async () => {
    const rows = appRuns(500, { message: '中'.repeat(3_000), end_time: 'x'.repeat(1_000), app_name: 'x'.repeat(500) });
    expect(jsonBytes(await fetched(rows))).toBeLessThan(PAYLOAD_BYTES);
  });
});
