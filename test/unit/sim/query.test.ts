import { SimClient, rowsOf } from './support/sim-client.js';

const client = new SimClient();
const times = ['2026-03-01T00:00:00.000000Z', '2026-03-02T12:00:00.500000Z', '2026-03-03T00:00:00.000000Z'];

beforeAll(async () => {
  await client.post(
    '/rest/artifact',
    times.map((time, index) => ({
      container_id: 1,
      name: `artifact ${index + 1}`,
      tags: index === 1 ? ['urgent'] : [],
      cef: { sourceAddress: `10.0.0.${index + 1}`, deep: { port: 80 + index } },
      data: { seen: time },
    })),
  );
});

test.each([
  ['_filter_name__regex="^artifact [12]$"', [1, 2]],
  ['_filter_name__regex="\\d$"&_exclude_name__iregex="FACT 2"', [1, 3]],
  ['_filter_cef__sourceAddress="10.0.0.2"', [2]],
  ['_filter_cef__deep__port__gte=81', [2, 3]],
  ['_filter_cef__deep__port=82', [3]],
  ['_filter_cef__absent__isnull=true', [1, 2, 3]],
  ['_filter_cef__contains="10.0.0.3"', [3]],
  ['_filter_tags__contains="urgent"', [2]],
  ['_filter_data__seen__gt="2026-03-02"', [2, 3]],
  ['_filter_data__seen__lt="2026-03-02T12:00:00.500001Z"', [1]],
  ['_filter_data__seen__range="2026-03-01T00:00:00Z","2026-03-02T23:00:00Z"', [1, 2]],
  ['_filter_pk__in=(1,3)', [1, 3]],
  ['_filter_id__in=[]', []],
  ['_filter_id__in=[1]&_filter_id__in=3', [1, 3]],
  ['_filter_type=null&_filter_severity="medium"', [1, 2, 3]],
  ['_filter_source_data_identifier__isnull=False', []],
  ['sort="id"&order="desc"&page_size="2"', [3, 2]],
  ['unknown=1&_filterless=2', [1, 2, 3]],
])('%s selects %j', async (query, ids) => {
  const { body } = await client.get(`/rest/artifact?${query}`);
  expect(rowsOf(body).map(({ id }) => id)).toEqual(ids);
});

// An engine that tries every way would take longer than the universe has been there.
test.each(['(a+)+$', '(a|a)*$', '(a|aa)+$', '(.*)*x', '(a{1,100}){1,10}$'])(
  'a pattern that invites endless tries is done at once: %s',
  async (pattern) => {
    await client.post('/rest/artifact', [{ container_id: 1, name: `${'a'.repeat(5_000)}!`, label: 'endless' }]);
    const query = `_filter_label="endless"&_filter_name__regex=${encodeURIComponent(JSON.stringify(pattern))}`;
    expect((await client.get(`/rest/artifact?${query}`)).status).toBe(200);
  },
);

test('a list of values with a long run of blanks is read in the time of a test', async () => {
  const { status } = await client.get(`/rest/artifact?_filter_id__in=[1${'%20'.repeat(4_000)}1"2]`);
  expect(status).toBe(400);
});

test.each([
  ['_filter_name__icontain="x"', "Cannot resolve keyword 'icontain' into field of artifact.name"],
  ['_exclude_id__nothing__gt=1', "Cannot resolve keyword 'nothing' into field of artifact.id"],
  ['_filter_nothing=1', "Cannot resolve keyword 'nothing' into field of artifact"],
  ['_filter_container__nothing=1', "Cannot resolve keyword 'nothing' into field of container"],
  ['_filter___proto__=1', "Cannot resolve keyword '' into field of artifact"],
  ['_filter_name=unquoted', 'Not a filter value: unquoted. Text must be quoted.'],
  ['_filter_name="open', 'Not a filter value: "open. Text must be quoted.'],
  ['_filter_id__in=[1,,2]', 'Not a list of filter values: 1,,2'],
  ['_filter_id__range=1', 'range takes two values'],
  ['_filter_name__regex="("', 'Not a regular expression, or one that looks around or back: ('],
  ['_filter_name__regex="(?=a)"', 'Not a regular expression, or one that looks around or back: (?=a)'],
  ['sort=nothing', "Cannot sort artifact by 'nothing'"],
  ['order=upwards', 'order must be asc or desc'],
  ['page=-1', 'page must be a whole number'],
  ['page_size=many', 'page_size must be a whole number'],
  ['page=1', 'That page contains no results'],
])('%s is refused', async (query, message) => {
  const { status, body } = await client.get(`/rest/artifact?${query}`);
  expect([status, body]).toEqual([400, { failed: true, message }]);
});

test('an empty list has no pages', async () => {
  expect((await client.get('/rest/note')).text).toBe('{"count":0,"num_pages":0,"data":[]}');
  expect((await client.get('/rest/note?page=1')).body['failed']).toBe(true);
});

describe('text that looks like something else', () => {
  const names = [
    '2024-05-01 (run a)',
    '2024-05-01 (run b)',
    '5',
    '05',
    '12345678901234567890',
    '12345678901234567891',
    'a-b',
    'two\nlines\t"quoted"',
  ];
  const odd = new SimClient();

  beforeAll(() =>
    odd.post(
      '/rest/note',
      names.map((title) => ({ container_id: 1, content: 'x', title })),
    ),
  );

  test.each([
    ['title="2024-05-01 (run a)"', ['2024-05-01 (run a)']],
    ['title=5', ['5']],
    ['title__in=[5,7]', ['5']],
    ['title=12345678901234567890', ['12345678901234567890']],
    ['title__regex="^a\\-b$"', ['a-b']],
    [`title=${JSON.stringify(names.at(-1))}`, names.slice(-1)],
    [`title__contains=${JSON.stringify('\n')}`, names.slice(-1)],
  ])('%s selects what is written like it', async (filter, titles) => {
    const { body } = await odd.get(`/rest/note?_filter_${encodeURI(filter)}`);
    expect(rowsOf(body).map(({ title }) => title)).toEqual(titles);
  });
});
