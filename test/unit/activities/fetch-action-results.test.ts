import { fetchManyResults } from '../../../src/activities/results/many-results.js';
import type { FetchedResults } from '../../../src/activities/results/read-results.js';
import { jsonBytes } from '../../../src/model/json.js';
import type { SoarClientOptions } from '../../../src/soar/caller.js';
import type { SoarClient } from '../../../src/soar/client.js';
import { Cleanup, clientFor, serveHttp } from '../soar/support/servers.js';
import { answer, servePages } from './support/pages.js';
import { attempt } from './support/run-activity.js';
import type { Attempt } from './support/run-activity.js';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

const RUN = { actionRunId: 7, mark: '[ours]', origin: null };

interface Result {
  readonly status: string;
  readonly message: string;
  readonly data: readonly string[];
}

function results(count: number, status: (index: number) => string = () => 'success', bytes = 10): Result[] {
  return Array.from({ length: count }, (_, index) => ({
    status: status(index),
    message: `message ${index}`,
    data: ['x'.repeat(bytes)],
  }));
}

type Fetched = Attempt<FetchedResults> & { readonly pageSizes: readonly number[] };

async function fetched(
  rows: readonly Result[],
  budgetBytes: number,
  options: Partial<SoarClientOptions> = {},
): Promise<Fetched> {
  const server = await servePages(cleanup, rows, { isOfResults: true });
  const soar = clientFor(cleanup, server.url, options);
  return { ...(await attempt(fetchOne(soar), budgetBytes)), pageSizes: server.pageSizes };
}

const fetchOne =
  (soar: SoarClient) =>
  async (budgetBytes: number): Promise<FetchedResults> => {
    const [one] = await fetchManyResults(soar, { ...RUN, appRunIds: [70], budgetBytes, singly: true });
    if (!one) throw new Error('nothing was fetched');
    return one;
  };

describe('the results of an app_run', () => {
  it('come back whole, in order, over several pages', async () => {
    const rows = results(250);
    const { result, pageSizes } = await fetched(rows, 1_000_000);
    expect(result?.outcome).toEqual({ results: rows });
    expect(pageSizes).toEqual([100, 100, 100]);
  });

  it('come back inline when they fill the budget to the last byte', async () => {
    const rows = results(5);
    const bytes = rows.reduce((sum, row) => sum + jsonBytes(row) + 1, 0);
    const whole = { count: 5, unread: null };
    expect((await fetched(rows, bytes)).result).toEqual({ inlineBytes: bytes, outcome: { results: rows }, ...whole });
    const omitted = { count: 5, succeeded: 5, failures: [] };
    expect((await fetched(rows, bytes - 1)).result).toEqual({
      inlineBytes: 0,
      outcome: { resultsOmitted: omitted },
      ...whole,
    });
  });

  it('are none if there are none', async () => {
    expect((await fetched([], 0)).result).toEqual({ inlineBytes: 0, count: 0, outcome: { results: [] }, unread: null });
  });

  it('that stay in SOAR are accounted for: how many there are, and which failed', async () => {
    const rows = results(150, (index) => (index === 3 || index === 120 ? 'failed' : 'success'));
    expect((await fetched(rows, 0)).result?.outcome).toEqual({
      resultsOmitted: {
        count: 150,
        succeeded: 148,
        failures: [
          { index: 3, status: 'failed', message: 'message 3' },
          { index: 120, status: 'failed', message: 'message 120' },
        ],
      },
    });
  });

  it('that all failed are accounted for within bounds', async () => {
    const rows = results(1_200, () => 'failed').map((row) => ({ ...row, message: 'm'.repeat(1_000) }));
    const { result } = await fetched(rows, 0);
    expect(result?.outcome).toMatchObject({ resultsOmitted: { count: 1_200, succeeded: 0 } });
    const failures = result && 'resultsOmitted' in result.outcome ? result.outcome.resultsOmitted.failures : [];
    expect(failures).toHaveLength(1_000);
    expect(Math.max(...failures.map(({ message }) => message.length))).toBeLessThan(350);
  });

  it('that all failed with messages in many bytes keep their places, and fit a payload of Temporal’s', async () => {
    const rows = results(1_000, () => 'failed').map((row) => ({ ...row, message: '中'.repeat(300) }));
    const { result } = await fetched(rows, 0);
    const failures = result && 'resultsOmitted' in result.outcome ? result.outcome.resultsOmitted.failures : [];
    expect(failures.map(({ index }) => index)).toEqual(rows.map((_row, index) => index));
    expect(jsonBytes(result)).toBeLessThan(400_000);
  });

  it('are read in smaller pages where a page is too large for the client', async () => {
    const rows = results(12, undefined, 1_000);
    const { result, pageSizes } = await fetched(rows, 1_000_000, { maxBodyBytes: 11_500 });
    expect(result?.outcome).toEqual({ results: rows });
    expect(pageSizes).toEqual([100, 10, 10]);
  });

  it('go without the one that is too large for the client, and say so', async () => {
    const rows = results(12);
    const large = { ...rows[4], status: 'success', message: 'large', data: ['x'.repeat(5_000)] };
    const all = rows.map((row, index) => (index === 4 ? large : row));
    const { result, pageSizes } = await fetched(all, 1_000_000, { maxBodyBytes: 4_000 });
    expect(result?.outcome).toEqual({
      resultsOmitted: {
        count: 12,
        succeeded: 11,
        failures: [
          { index: 4, status: 'unread', message: expect.stringContaining('SOAR has it in app_run 70') as string },
        ],
      },
    });
    expect(pageSizes).toEqual([100, 10, ...Array.from({ length: 10 }, () => 1), 10]);
  });

  it('are read again by Temporal where the list was not what its count says', async () => {
    const server = await serveHttp(cleanup, (_request, response) => {
      answer(response, { count: 3, num_pages: 1, data: results(2) });
    });
    const soar = clientFor(cleanup, server.url);
    const { failure } = await attempt(fetchOne(soar), 1_000);
    expect(failure).toMatchObject({ type: 'IncompleteList', nonRetryable: false });
  });
});
