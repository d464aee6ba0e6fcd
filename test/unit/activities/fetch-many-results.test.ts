import { fetchManyResults } from '../../../src/activities/results/many-results.js';
import type { FetchManyInput } from '../../../src/activities/results/many-results.js';
import type { FetchedResults } from '../../../src/activities/results/read-results.js';
import { Cleanup, clientFor, serveHttp } from '../soar/support/servers.js';
import { answer } from './support/pages.js';
import { attempt } from './support/run-activity.js';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

const RUN = { actionRunId: 7, mark: '[ours]', origin: null };
const IDS = Array.from({ length: 50 }, (_, n) => n + 1);
const resultOf = (id: number) => ({ status: 'success', message: `of ${id}`, data: ['x'.repeat(100)] });

/** How SOAR answers the list of app_runs with their results. */
type List = (ids: readonly number[]) => { readonly body: unknown; readonly status?: number };

const handsOut: List = (ids) => ({ body: page(ids.map((id) => ({ ...rowOf(id), result_data: [resultOf(id)] }))) });

function rowOf(id: number) {
  return { id, status: 'success', message: '', action_run: 7 };
}

function page(data: readonly object[]) {
  return { count: data.length, num_pages: 1, data };
}

/** Fetches the results of fifty app_runs. @returns what came, and what SOAR was asked */
async function fetched(list: List, budgetBytes = 1_000_000, singly = false, appRunIds = IDS) {
  const asked: string[] = [];
  const server = await serveHttp(cleanup, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://soar');
    asked.push(pathname);
    if (pathname === '/rest/action_run/7') {
      answer(response, { id: 7, status: 'success', name: 'x [ours]' });
      return;
    }
    const one = /app_run\/(\d+)\/action_result$/.exec(pathname)?.[1];
    if (one !== undefined) {
      answer(response, page([resultOf(Number(one))]));
      return;
    }
    if (pathname.endsWith('/action_run/7/app_runs')) {
      answer(response, page(IDS.map(rowOf)));
      return;
    }
    expect(searchParams.get('include_expensive')).not.toBeNull();
    const ids = JSON.parse(searchParams.get('_filter_id__in') ?? '[]') as number[];
    const { body, status = 200 } = list(ids);
    answer(response, body, status);
  });
  const soar = clientFor(cleanup, server.url);
  const activity = (input: FetchManyInput) => fetchManyResults(soar, input);
  const { result, failure } = await attempt(activity, { ...RUN, appRunIds, budgetBytes, singly });
  return { result, failure, asked };
}

const inline = ({ outcome }: FetchedResults): unknown => ('results' in outcome ? outcome.results : undefined);
const ALL = IDS.map((id) => [resultOf(id)]);

describe('the results of many app_runs', () => {
  it('come in one call, in order', async () => {
    const { result, asked } = await fetched(handsOut);
    expect(result?.map(inline)).toEqual(ALL);
    expect(asked).toEqual(['/rest/app_run', '/rest/action_run/7']);
  });

  it.each<[string, List]>([
    ['refuses the filter', () => ({ body: { failed: true, message: 'no such filter' }, status: 400 })],
    ['fails the list', () => ({ body: { failed: true, message: 'busy' }, status: 500 })],
    ['leaves the results out of the list', (ids) => ({ body: page(ids.map(rowOf)) })],
    ['sends other app_runs', () => ({ body: page([900, 901].map((id) => ({ ...rowOf(id), result_data: [] }))) })],
    ['sends something else', () => ({ body: page([{ id: 'x', result_data: 7 }]) })],
  ])('are read one by one where SOAR %s', async (_what, list) => {
    const { result, asked } = await fetched(list);
    expect(result?.map(inline)).toEqual(ALL);
    // The list, each result, the run itself; and its own list, unless the first has said whose they are.
    expect([2, 3]).toContain(asked.length - IDS.length);
  });

  it('are read one by one where the list has none of them, and only those', async () => {
    const { result, asked } = await fetched((ids) => handsOut(ids.filter((id) => id % 10 !== 0)));
    expect(result?.map(inline)).toEqual(ALL);
    expect(
      asked
        .slice(1)
        .filter((path) => path.endsWith('action_result'))
        .toSorted(),
    ).toEqual([10, 20, 30, 40, 50].map((id) => `/rest/app_run/${id}/action_result`).toSorted());
  });

  it('are read one by one where the list has shown too little before', async () => {
    const { result, asked } = await fetched(handsOut, 1_000_000, true);
    expect(result?.map(inline)).toEqual(ALL);
    expect(asked).not.toContain('/rest/app_run');
  });

  it('take from the budget in their order, and beyond it come as an account', async () => {
    const { result = [] } = await fetched(handsOut, 2_500);
    const areInline = result.map((each) => inline(each) !== undefined);
    expect(areInline.indexOf(false)).toBeGreaterThan(0);
    expect(areInline.lastIndexOf(true)).toBeLessThan(areInline.length - 1);
    expect(result.reduce((sum, { inlineBytes }) => sum + inlineBytes, 0)).toBeLessThanOrEqual(2_500);
    expect(result.at(-1)?.outcome).toEqual({ resultsOmitted: { count: 1, succeeded: 1, failures: [] } });
  });

  it.each(['with the list', 'one by one'])('are none of an app_run that is of another action_run: %s', async (how) => {
    const list: List = (ids) => ({
      body: page(ids.map((id) => ({ ...rowOf(id), action_run: 8, result_data: [resultOf(id)] }))),
    });
    const ids = [1, 99];
    const { result } = await fetched(list, 1_000_000, how === 'one by one', ids);
    expect(result?.map(({ outcome, unread }) => ({ outcome, isUnread: unread !== null }))).toEqual([
      { outcome: { results: [resultOf(1)] }, isUnread: false },
      { outcome: { results: [] }, isUnread: true },
    ]);
  });
});
