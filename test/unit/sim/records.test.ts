import { SimClient, geolocate, objectsOf, rowsOf, simulate } from './support/sim-client.js';

let client = new SimClient();
beforeEach(() => {
  client = new SimClient();
});

describe('the default data', () => {
  test('has the apps, assets and the label that the documentation names', async () => {
    const names = async (resource: string) =>
      rowsOf((await client.get(`/rest/${resource}`)).body).map(({ name }) => name);
    expect(await names('app')).toEqual(['MaxMind', 'Lab']);
    expect(await names('asset')).toEqual(['maxmind', 'lab', 'lab-approval', 'lab-review']);
    expect((await client.get('/rest/container/1')).body['label']).toBe('events');
  });

  test('lists the actions of an app, and what can be built of them', async () => {
    const actions = rowsOf((await client.get('/rest/app/2/actions')).body);
    expect(actions.map(({ action, read_only }) => [action, read_only])).toEqual([
      ['simulate', false],
      ['test connectivity', true],
    ]);
    const build = (await client.get('/rest/build_action')).body;
    expect(objectsOf(build['assets'])[0]).toEqual({ id: 1, name: 'maxmind', apps: [1] });
    expect(objectsOf(build['actions'])).toHaveLength(3);
  });

  test('every api_key is made up anew', async () => {
    const keys = await Promise.all(
      [client, new SimClient()].map(async (each) => (await each.get('/rest/asset/2')).body['configuration']),
    );
    expect(JSON.stringify(keys[0])).toMatch(/^\{"api_key":".{36}"\}$/);
    expect(keys[0]).not.toEqual(keys[1]);
  });
});

describe('creating', () => {
  test('a container needs a name and a label', async () => {
    const { status, body } = await client.post('/rest/container', { name: 'x', label: 'events' });
    expect([status, body]).toEqual([200, { success: true, id: 2, new_artifact_ids: [] }]);
    for (const fields of [{ name: 'x' }, { label: 'events' }, {}]) {
      expect((await client.post('/rest/container', fields)).status).toBe(400);
    }
  });

  test('a container brings its artifacts along', async () => {
    const artifacts = [{ name: 'a', cef: { sourceAddress: '8.8.8.8' } }, { name: 7 }, { name: 'b' }];
    const { body } = await client.post('/rest/container', { name: 'x', label: 'events', artifacts });
    expect(body).toEqual({ success: true, id: 2, new_artifact_ids: [1, 2] });
    const rows = rowsOf((await client.get('/rest/container/2/artifacts')).body);
    expect(rows.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('an array gives an array of answers, each with its own outcome', async () => {
    const artifacts = [{ container_id: 1 }, { container_id: 99 }, { container_id: '1', name: 'named' }];
    const { status, text } = await client.post('/rest/artifact', artifacts);
    const answers = '[{"success":true,"id":1},{"failed":true,"message":"container not found"},{"success":true,"id":2}]';
    expect([status, text]).toEqual([200, answers]);
  });

  test.each([
    ['container', { name: 'x', label: 'events' }, 'existing_container_id', 2],
    ['artifact', { container_id: 1 }, 'existing_artifact_id', 1],
  ])(
    'a second %s of the same source_data_identifier is refused with the id of the first',
    async (resource, fields, key, id) => {
      const body = { ...fields, source_data_identifier: 'sdi-1' };
      expect((await client.post(`/rest/${resource}`, body)).status).toBe(200);
      const refused = await client.post(`/rest/${resource}`, body);
      expect([refused.status, refused.body]).toEqual([
        400,
        { failed: true, message: 'duplicate source_data_identifier', [key]: id },
      ]);
      expect((await client.post(`/rest/${resource}`, fields)).status).toBe(200);
      expect((await client.post(`/rest/${resource}`, fields)).status).toBe(200);
    },
  );

  test('notes, comments, lists and users', async () => {
    await client.post('/rest/note', { container_id: 1, title: 'T', content: 'text' });
    await client.post('/rest/container_comment', { container_id: 1, comment: 'seen' });
    await client.post('/rest/decided_list', { name: 'blocked', content: [['1.1.1.1']] });
    await client.post('/rest/ph_user', { username: 'anna' });
    expect(rowsOf((await client.get('/rest/container/1/notes')).body)).toMatchObject([{ title: 'T', author: 2 }]);
    expect(rowsOf((await client.get('/rest/container/1/comments')).body)).toMatchObject([{ comment: 'seen', user: 2 }]);
    expect((await client.get('/rest/decided_list/blocked')).body['content']).toEqual([['1.1.1.1']]);
    expect((await client.get('/rest/ph_user/4')).body['username']).toBe('anna');
  });

  test('fields that a resource does not have are ignored, ids are not taken from outside', async () => {
    await client.post('/rest/note', { id: 77, container_id: 1, content: 'text', colour: 'red' });
    const { body } = await client.get('/rest/note/1');
    expect([body['id'], 'colour' in body]).toEqual([1, false]);
  });
});

describe('changing and deleting', () => {
  test('a POST to the id changes the fields it names', async () => {
    expect((await client.post('/rest/container/1', { severity: 'high' })).body).toEqual({ success: true, id: 1 });
    expect((await client.get('/rest/container/1')).body).toMatchObject({ severity: 'high', name: 'Embedded SOAR' });
    expect((await client.post('/rest/container/1', { severity: 3 })).body).toMatchObject({ failed: true });
    expect((await client.get('/rest/container/1')).body['severity']).toBe('high');
  });

  test('append_rows adds to a list', async () => {
    await client.post('/rest/decided_list', { name: 'blocked', content: [['a']] });
    await client.post('/rest/decided_list/blocked', { append_rows: [['b', 1], [null]] });
    expect((await client.get('/rest/decided_list/1')).body['content']).toEqual([['a'], ['b', 1], [null]]);
  });

  test('a user may delete, a token may not', async () => {
    await client.post('/rest/note', { container_id: 1, content: 'text' });
    const refused = await client.send('DELETE', '/rest/note/1');
    expect([refused.status, refused.body]).toEqual([403, { failed: true, message: 'Not allowed' }]);
    const deleted = await client.send('DELETE', '/rest/note/1', undefined, client.basic());
    expect([deleted.status, deleted.body]).toEqual([200, { success: true }]);
    expect((await client.get('/rest/note/1')).status).toBe(404);
    expect((await client.post('/rest/note', { container_id: 1, content: 'next' })).body['id']).toBe(2);
  });
});

describe('what is not there', () => {
  test.each([
    ['GET', '/rest/nothing', 404, 'not found nothing'],
    ['GET', '/rest/container/99', 404, 'container 99 not found'],
    ['GET', '/rest/container/x', 404, 'container x not found'],
    ['GET', '/rest/container/1/nothing', 404, 'not found container'],
    ['GET', '/elsewhere', 404, 'not found /elsewhere'],
    ['PUT', '/rest/container/1', 405, 'Method not allowed'],
    ['DELETE', '/rest/container', 405, 'Method not allowed'],
    ['POST', '/rest/app', 405, 'Method not allowed'],
    ['POST', '/rest/approval', 405, 'Method not allowed'],
    ['POST', '/rest/version', 405, 'Method not allowed'],
  ])('%s %s is %i', async (method, path, status, message) => {
    for (const body of method === 'POST' ? ['{}', ''] : [undefined]) {
      const answer = await client.send(method, path, body);
      expect([answer.status, answer.body]).toEqual([status, { failed: true, message }]);
    }
  });
});

describe('reading', () => {
  test('pretty adds texts beside timestamps and the ids of other records', async () => {
    await client.run(simulate([{}]));
    const { body } = await client.get('/rest/app_run/1?pretty');
    expect(body).toMatchObject({
      start_time: '2026-01-02T03:04:05.000000Z',
      _pretty_start_time: '2026-01-02 03:04:05 UTC',
      _pretty_asset: 'lab',
      _pretty_container: 'Embedded SOAR',
      _pretty_effective_user: 'automation',
    });
    expect(Object.keys((await client.get('/rest/app_run/1')).body).filter((key) => key.startsWith('_'))).toEqual([]);
  });

  test('filters reach through relations, with and without _id', async () => {
    await client.post('/rest/container', { name: 'other', label: 'events' });
    await client.run(simulate([{}]));
    await client.run(simulate([{}], { container_id: 2 }));
    const queries = ['_filter_action_run=2', '_filter_action_run_id="2"', '_filter_action_run__container_id=2'];
    queries.push(
      '_filter_container__name="other"',
      '_exclude_action_run__container=1',
      '_filter_app__name="Lab"&_filter_id=2',
    );
    for (const query of queries) {
      const { body } = await client.get(`/rest/app_run?${query}`);
      expect([query, rowsOf(body).map(({ id }) => id)]).toEqual([query, [2]]);
    }
  });

  test('system_info and system_settings answer as a connection check expects', async () => {
    expect((await client.get('/rest/system_info')).body).toMatchObject({ base_url: '', time_zone: 'UTC' });
    expect((await client.get('/rest/system_settings')).status).toBe(200);
  });
});

test('a concurrency_limit queues without a word, in order of arrival', async () => {
  await client.post('/rest/asset/2', { concurrency_limit: 1 });
  for (const name of ['first', 'second', 'third']) await client.run(simulate([{ seconds: 10 }], { name }));
  expect((await client.get('/rest/action_run?_filter_status="running"')).body['count']).toBe(3);
  const ends: unknown[] = [];
  for (let tick = 0; tick < 3; tick += 1) {
    client.nowMs += 10_000;
    const { body } = await client.get('/rest/action_run?_filter_status="success"');
    ends.push(rowsOf(body).map(({ name }) => name));
  }
  expect(ends).toEqual([['first'], ['first', 'second'], ['first', 'second', 'third']]);
});

test('a cancelled run in the queue never runs, and lets the next one on', async () => {
  await client.post('/rest/asset/2', { concurrency_limit: 1 });
  for (const message of ['one', 'two', 'three']) await client.run(simulate([{ seconds: 10, message }]));
  await client.post('/rest/action_run/2', { cancel: true });
  client.nowMs += 20_000;
  const { body } = await client.get('/rest/action_run?_filter_status="success"');
  expect(rowsOf(body).map(({ id }) => id)).toEqual([1, 3]);
  expect(Object.keys(client.sim.counts().executions['simulate'] ?? {}).join()).not.toContain('two');
});

test('a cancelled run starts none of its own jobs that were queued', async () => {
  await client.post('/rest/asset/2', { concurrency_limit: 1 });
  const target = { app_id: 2, assets: ['lab'], parameters: [{ seconds: 10 }] };
  await client.run(simulate([], { targets: [target, target, target] }));
  await client.post('/rest/action_run/1', { cancel: true });
  client.nowMs += 60_000;
  expect((await client.get('/rest/action_run/1/app_runs')).body['count']).toBe(0);
  expect(client.sim.counts().executions).toEqual({ simulate: { 10: 1 } });
});

test('a limit that is raised lets in as many as there is room for, at once', async () => {
  await client.post('/rest/asset/2', { concurrency_limit: 1 });
  for (let index = 0; index < 4; index += 1) await client.run(simulate([{ seconds: 10 }]));
  await client.post('/rest/asset/2', { concurrency_limit: 3 });
  for (const ended of [3, 4]) {
    client.nowMs += 10_000;
    expect((await client.get('/rest/action_run?_filter_status="success"')).body['count']).toBe(ended);
  }
});

test('runs are found by _filter_name and by _filter_id__in', async () => {
  for (const name of ['tag-a', 'tag-b', 'tag-ab']) await client.run(geolocate(['8.8.8.8'], { name }));
  const idsOf = async (query: string) =>
    rowsOf((await client.get(`/rest/action_run?${query}`)).body).map(({ id }) => id);
  expect(await idsOf('_filter_name="tag-a"')).toEqual([1]);
  expect(await idsOf("_filter_name__contains='tag-a'&sort=id&order=desc")).toEqual([3, 1]);
  expect(await idsOf('_filter_id__in=[3,1,99]')).toEqual([1, 3]);
  expect(await idsOf('_filter_id__in=3&_filter_id__in=1')).toEqual([1, 3]);
});
