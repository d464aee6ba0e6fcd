import { SimClient, geolocate, objectsOf, rowsOf, simulate } from './support/sim-client.js';

describe('POST /rest/action_run', () => {
  test('queues and answers with the keys in the order of the page', async () => {
    const client = new SimClient();
    const { status, text } = await client.post('/rest/action_run', geolocate(['8.8.8.8']));
    expect(status).toBe(200);
    expect(text).toBe('{"action_run_id":1,"message":"New action queued.","success":true}');
  });

  test('is running at the first look, with id first and status second in the text', async () => {
    const client = new SimClient();
    await client.run(geolocate(['8.8.8.8'], { type: 'investigative' }));
    const { text, body } = await client.get('/rest/action_run/1');
    expect(text).toMatch(/^\{"id":1,"status":"running",/);
    expect(body).toMatchObject({ action: 'geolocate ip', cancelled: '', close_time: null, type: 'investigative' });
  });

  test('stays pending for exec_delay_secs and ends when the action is done', async () => {
    const client = new SimClient({ actionDurationMs: 300 });
    const start = client.nowMs;
    await client.run(geolocate(['103.230.84.239'], { exec_delay_secs: 30 }));
    const statuses: unknown[] = [];
    for (const ms of [0, 29_999, 30_000, 30_299, 30_300]) {
      client.nowMs = start + ms;
      statuses.push((await client.get('/rest/action_run/1')).body['status']);
    }
    expect(statuses).toEqual(['pending', 'pending', 'running', 'running', 'success']);
    const { body } = await client.get('/rest/action_run/1');
    expect(body).toMatchObject({ message: '1 actions succeeded', close_time: '2026-01-02T03:04:35.300000Z' });
  });

  test.each([
    ['no app_id', {}],
    ['a malformed app_id', { app_id: 'x-1' }],
    ['a null app_id', { app_id: null }],
  ])('accepts %s and fails the run without an app_run', async (_title, appId) => {
    const client = new SimClient();
    const targets = [{ ...appId, assets: ['maxmind'], parameters: [{ ip: '8.8.8.8' }] }];
    const { status, body } = await client.post('/rest/action_run', geolocate([], { targets }));
    expect([status, body['message']]).toEqual([200, 'New action queued.']);
    const run = await client.get('/rest/action_run/1');
    expect(run.body).toMatchObject({ status: 'failed', message: 'app_id has invalid format', cancelled: '' });
    expect((await client.get('/rest/action_run/1/app_runs')).body).toEqual({ count: 0, num_pages: 0, data: [] });
  });

  test.each([
    ['an unknown app', { app_id: 99 }, 'app 99 not found'],
    ['an unknown asset', { assets: ['nowhere'] }, 'app MaxMind has no asset nowhere'],
    ["another app's asset", { assets: [2] }, 'app MaxMind has no asset 2'],
    ['neither assets nor parameters', { assets: [], parameters: [] }, 'assets or parameters are required'],
  ])('fails the run for %s', async (_title, fields, message) => {
    const client = new SimClient();
    const targets = [{ app_id: 1, assets: ['maxmind'], parameters: [{ ip: '8.8.8.8' }], ...fields }];
    await client.run(geolocate([], { targets }));
    expect((await client.get('/rest/action_run/1')).body).toMatchObject({ status: 'failed', message });
  });

  test('fails the run for an unknown container', async () => {
    const client = new SimClient();
    await client.run(geolocate(['8.8.8.8'], { container_id: 77 }));
    expect((await client.get('/rest/action_run/1')).body['message']).toBe('container 77 not found');
  });

  test('takes the ids as text and the app by its GUID, whatever the Content-Type', async () => {
    const client = new SimClient();
    const appid = (await client.get('/rest/app/1')).body['appid'];
    const targets = [{ app_id: appid, assets: ['1'], parameters: [{ ip: '8.8.8.8' }] }];
    const headers = { ...client.basic(), 'content-type': 'text/plain' };
    const { status } = await client.post('/rest/action_run', geolocate([], { container_id: '1', targets }), headers);
    client.nowMs += 300;
    expect(status).toBe(200);
    expect((await client.get('/rest/action_run/1')).body['status']).toBe('success');
  });

  test('refuses a body that lacks a required field, naming it', async () => {
    const client = new SimClient();
    for (const field of ['action', 'container_id', 'name', 'targets']) {
      const { status, body } = await client.post('/rest/action_run', geolocate(['8.8.8.8'], { [field]: undefined }));
      expect([status, body['failed']]).toEqual([400, true]);
      expect(body['message']).toContain(field);
    }
    expect(client.sim.counts().actionRuns).toBe(0);
  });
});

describe('results', () => {
  test('one app_run per target and asset, one result per parameter set', async () => {
    const client = new SimClient();
    const sets = [{ message: 'one' }, { message: 'two', outcome: 'failed' }];
    const target = { app_id: 2, assets: ['lab'], parameters: sets };
    await client.run(simulate([], { targets: [target, { ...target, parameters: [{ message: 'three' }] }] }));
    const { body } = await client.get('/rest/action_run/1/app_runs');
    expect(body).toMatchObject({ count: 2, num_pages: 1 });
    expect(body['data']).toMatchObject([
      {
        status: 'success',
        message:
          '\'simulated\' on asset \'lab\': 1 action succeeded, 1 action failed. (1)For Parameter: {"message":"one"} Message: "one" ' +
          '(2)For Parameter: {"message":"two","outcome":"failed"} Message: "two"',
      },
      { status: 'success', asset: 2, app: 2, app_name: 'Lab', action_run: 1 },
    ]);
    expect((await client.get('/rest/action_run/1')).body).toMatchObject({
      status: 'success',
      message: '2 actions succeeded, 1 actions failed',
    });
  });

  test('lists leave the expensive fields out unless asked, a single app_run has them', async () => {
    const client = new SimClient();
    await client.run(simulate([{}]));
    const single = (await client.get('/rest/app_run/1')).body;
    expect(single).toMatchObject({ result_summary: { total_objects: 1, total_objects_successful: 1 }, extra_data: [] });
    const expensive = ['extra_data', 'result_data', 'result_summary'];
    for (const path of ['/rest/app_run', '/rest/action_run/1/app_runs']) {
      const [row] = rowsOf((await client.get(path)).body);
      expect(
        Object.keys(single)
          .filter((key) => !Object.keys(row ?? {}).includes(key))
          .sort(),
      ).toEqual(expensive);
      expect(rowsOf((await client.get(`${path}?include_expensive`)).body)).toEqual([single]);
    }
  });

  test('"geolocate ip" answers from real data, and says why where it cannot', async () => {
    const client = new SimClient();
    await client.run(geolocate(['103.230.84.239', '2001:4860:4860::8888', '10.1.2.3', '999.1.1.1', '4000::1', 7]));
    client.nowMs += 300;
    const rows = rowsOf((await client.get('/rest/app_run/1/action_result')).body);
    expect(rows.map(({ status, message }) => [status, message])).toEqual([
      ['success', 'Country: India'],
      ['success', 'Country: United States'],
      ['failed', 'IP address is private or reserved: 10.1.2.3'],
      ['failed', 'Not an IP address: 999.1.1.1'],
      ['failed', 'IP address is not in the database: 4000::1'],
      ['failed', 'Parameter ip is missing or is not a string'],
    ]);
    expect(guidOf(rows[0])).toMatch(/^[0-9a-f-]{36}$/);
    expect(rows[0]).toEqual({
      data: [{ country_name: 'India', country_iso_code: 'IN' }],
      status: 'success',
      message: 'Country: India',
      summary: { country: 'India' },
      parameter: {
        ip: '103.230.84.239',
        context: { guid: guidOf(rows[0]), artifact_id: 0, parent_action_run: [] },
      },
    });
  });

  test('results come by page, and past the last page there is an error', async () => {
    const client = new SimClient();
    await client.run(simulate(Array.from({ length: 12 }, (_, index) => ({ message: `m${index}` }))));
    const page = async (query: string) => (await client.get(`/rest/app_run/1/action_result?${query}`)).body;
    const second = await page('page=1&page_size=5');
    expect([second['count'], second['num_pages']]).toEqual([12, 3]);
    expect(rowsOf(second).map(({ message }) => message)).toEqual(['m5', 'm6', 'm7', 'm8', 'm9']);
    expect(rowsOf(await page('')).length).toBe(10);
    expect(rowsOf(await page('page_size="0"')).length).toBe(12);
    expect(await page('page=3&page_size=5')).toEqual({ failed: true, message: 'That page contains no results' });
  });

  test('"simulate" gives as many rows and bytes as asked', async () => {
    const client = new SimClient();
    await client.run(simulate([{ results: 3, bytes: 1000 }, { results: 'many' }]));
    const [sized, refused] = rowsOf((await client.get('/rest/app_run/1/action_result')).body);
    const data = objectsOf(sized?.['data']);
    expect(data.map(({ padding }) => String(padding).length)).toEqual([334, 333, 333]);
    expect(refused?.['status']).toBe('failed');
    expect(refused?.['message']).toContain('Parameter results');
  });
});

describe('cancel', () => {
  test('ends a pending run at once and without app_runs', async () => {
    const client = new SimClient();
    await client.run(geolocate(['8.8.8.8'], { exec_delay_secs: 60 }));
    const { status, body } = await client.post('/rest/action_run/1', { cancel: true });
    expect([status, body['cancelled'], typeof body['message']]).toEqual([200, true, 'string']);
    client.nowMs += 120_000;
    const run = (await client.get('/rest/action_run/1')).body;
    expect([run['status'], run['cancelled']]).toEqual(['failed', body['message']]);
    expect(client.sim.counts().executions).toEqual({});
  });

  test('keeps the app_runs that were there before it', async () => {
    const client = new SimClient();
    const target = { app_id: 2, assets: ['lab'], parameters: [{ seconds: 1 }] };
    await client.run(simulate([], { targets: [target, { ...target, parameters: [{ seconds: 9 }] }] }));
    client.nowMs += 2000;
    await client.post('/rest/action_run/1', { cancel: true });
    client.nowMs += 10_000;
    expect((await client.get('/rest/action_run/1/app_runs')).body['count']).toBe(1);
  });

  test('is refused for a run that has ended and for an id that is not there', async () => {
    const client = new SimClient();
    await client.run(simulate([{}]));
    const ended = await client.post('/rest/action_run/1', { cancel: true });
    const unknown = await client.post('/rest/action_run/2', { cancel: true });
    expect([ended.status, ended.body['failed'], unknown.status, unknown.body['failed']]).toEqual([
      400,
      true,
      404,
      true,
    ]);
  });
});

test('counts tell what was executed, by action and value', async () => {
  const client = new SimClient();
  await client.run(geolocate(['8.8.8.8', '1.1.1.1']));
  await client.run(geolocate(['8.8.8.8']));
  await client.get('/rest/action_run/1');
  expect(client.sim.counts()).toEqual({
    actionRuns: 2,
    executions: { 'geolocate ip': { '8.8.8.8': 2, '1.1.1.1': 1 } },
    requests: { 'POST /rest/action_run': 2, 'GET /rest/action_run/:id': 1 },
  });
});

function guidOf(row: Record<string, unknown> | undefined): string {
  return /"guid":"([^"]+)"/.exec(JSON.stringify(row))?.[1] ?? '';
}
