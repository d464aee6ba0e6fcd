import type { ListQuery } from '../../src/soar/query.js';
import { readAllPages } from '../../src/soar/paging.js';
import { idsOf, listOf, objectOf } from './support/read-json.js';
import { useSoar } from './support/under-test.js';

const opened = useSoar();

const EXPENSIVE = ['extra_data', 'result_data', 'result_summary'];

/** A filter that leaves exactly the three runs of the material, in any notation. */
const threeRuns = (ids: readonly number[]): string => `_filter_id__in=${encodeURIComponent(JSON.stringify(ids))}`;

describe('pages', () => {
  it('page and page_size cut a list, and count and num_pages tell of all of it', async () => {
    const { soar, material } = opened();
    const page = async (number: number) =>
      listOf((await soar.get(`/rest/action_run?${threeRuns(material.runs)}&sort=id&page=${number}&page_size=2`)).json);
    const [first, second] = [await page(0), await page(1)];
    expect([first, second].map(({ count, num_pages }) => [count, num_pages])).toEqual([
      [3, 2],
      [3, 2],
    ]);
    expect([...idsOf(first), ...idsOf(second)]).toEqual(material.runs);
  });

  it('page_size=0 is all rows on one page', async () => {
    const { soar, material } = opened();
    const { json } = await soar.get(`/rest/action_run?${threeRuns(material.runs)}&page_size=0`);
    expect([listOf(json).num_pages, idsOf(json).length]).toEqual([1, 3]);
  });

  it('without page_size there are at most ten rows', async () => {
    const { count, num_pages, data } = listOf((await opened().soar.get('/rest/action_run')).json);
    expect(data).toHaveLength(Math.min(count, 10));
    expect(num_pages).toBe(Math.ceil(count / 10));
  });

  it('a list without rows is empty, and no error', async () => {
    const { text, json } = await opened().soar.get('/rest/action_run?_filter_id=0');
    expect(json).toEqual({ count: 0, num_pages: 0, data: [] });
    expect(text).toMatch(/^\{"count"/);
  });

  it('past the last page there is an error with its own text', async () => {
    const { failed, message } = objectOf((await opened().soar.get('/rest/action_run?page=1000000&page_size=10')).json);
    expect([failed, message]).toEqual([true, 'That page contains no results']);
  });

  it('our client reads a list to its end, whatever the page size', async () => {
    const { soar, material } = opened();
    for (const pageSize of [1, 2, 3, 10]) {
      const query: ListQuery = { filters: { id__in: material.runs }, sort: 'id' };
      const all = await readAllPages((page) => soar.client.listActionRuns({ ...query, ...page }), {
        pageSize,
        key: ({ id }) => String(id),
      });
      expect([all.complete, all.rows.map(({ id }) => id)]).toEqual([true, material.runs]);
    }
  });
});

describe('filters', () => {
  const idsFor = async (resource: string, query: string): Promise<number[]> =>
    idsOf((await opened().soar.get(`/rest/${resource}?${query}&sort=id`)).json);

  it.each([
    ['a bare number', (id: number) => `_filter_id=${id}`],
    ['a number in double quotes', (id: number) => `_filter_id="${id}"`],
    ['a number in single quotes', (id: number) => `_filter_id='${id}'`],
    ['two conditions, both of which hold', (id: number) => `_filter_id=${id}&_filter_id__lte=${id}`],
  ])('%s finds one run', async (_title, query) => {
    const [, run = 0] = opened().material.runs;
    expect(await idsFor('action_run', query(run))).toEqual([run]);
  });

  it.each([
    ['in brackets', (ids: readonly number[]) => `_filter_id__in=[${ids.join()}]`],
    ['bare', (ids: readonly number[]) => `_filter_id__in=${ids.join()}`],
    ['as repeated keys', (ids: readonly number[]) => ids.map((id) => `_filter_id__in=${id}`).join('&')],
  ])('a list of ids %s finds those runs', async (_title, query) => {
    const { runs } = opened().material;
    expect(await idsFor('action_run', query(runs))).toEqual(runs);
  });

  it('_exclude_ takes a run away', async () => {
    const { runs } = opened().material;
    expect(await idsFor('action_run', `${threeRuns(runs)}&_exclude_id=${runs[1] ?? ''}`)).toEqual([runs[0], runs[2]]);
  });

  it('a text in quotes finds the runs of that name', async () => {
    const { soar, material } = opened();
    const { name } = await soar.client.getActionRun(material.endedRun);
    const query = `_filter_name=${encodeURIComponent(JSON.stringify(name))}`;
    const rows = listOf((await soar.get(`/rest/action_run?${query}&page_size=50`)).json).data;
    expect(rows.length).toBeGreaterThan(0);
    expect(new Set(rows.map((row) => row['name']))).toEqual(new Set([name]));
  });

  it('a relation is named with _id, without it, and stepped through', async () => {
    const { soar, material } = opened();
    const { container } = objectOf((await soar.get(`/rest/action_run/${material.endedRun}`)).json);
    const ownRows = idsOf((await soar.get(`/rest/action_run/${material.endedRun}/app_runs?sort=id`)).json);
    for (const relation of [
      'action_run',
      'action_run_id',
      `action_run__container_id=${String(container)}&_filter_action_run`,
    ]) {
      expect(await idsFor('app_run', `_filter_${relation}=${material.endedRun}`)).toEqual(ownRows);
    }
  });

  it('our client’s filters mean the same', async () => {
    const { soar, material } = opened();
    const { data } = await soar.client.listActionRuns({
      filters: { id__in: material.runs },
      sort: 'id',
      order: 'desc',
    });
    expect(data.map(({ id }) => id)).toEqual([...material.runs].reverse());
  });
});

describe('expensive fields', () => {
  it('a row of a list has none of them, and a single app_run has all', async () => {
    const { soar, material } = opened();
    for (const path of ['/rest/app_run', `/rest/action_run/${material.endedRun}/app_runs`]) {
      const rows = listOf((await soar.get(`${path}?page_size=1`)).json).data;
      expect(rows.flatMap(Object.keys).filter((key) => EXPENSIVE.includes(key))).toEqual([]);
    }
    const single = objectOf((await soar.get(`/rest/app_run/${material.appRun}`)).json);
    expect(Object.keys(single)).toEqual(expect.arrayContaining(EXPENSIVE));
  });

  it('include_expensive brings them', async () => {
    const { soar, material } = opened();
    const path = `/rest/action_run/${material.endedRun}/app_runs`;
    const [row] = listOf((await soar.get(`${path}?include_expensive&page_size=1`)).json).data;
    expect(Object.keys(row ?? {})).toEqual(expect.arrayContaining(EXPENSIVE));
    const page = await soar.client.listActionRunAppRuns(material.endedRun, { pageSize: 1, includeExpensive: true });
    expect(page.data[0]?.result_data).toEqual(row?.['result_data']);
  });
});
