import { SimClient, objectsOf, rowsOf, simulate } from './support/sim-client.js';

const DAY_MS = 24 * 3600 * 1000;

let client = new SimClient();
beforeEach(() => {
  client = new SimClient();
});

const onAsset = (...assets: string[]) =>
  simulate([], { targets: [{ app_id: 2, assets, parameters: [{ seconds: 5 }] }] });
const prompt = {
  action: 'prompt',
  container_id: 1,
  name: 'prompt_1',
  targets: [
    {
      app_id: 0,
      assets: [],
      parameters: [
        {
          to: 'root@localhost',
          message: 'test',
          mins_to_act: 10,
          user_ids: [3],
          response_types: [{ prompt: '', options: { type: 'message' } }],
        },
      ],
    },
  ],
};
const task = { action: 'task', container_id: 1, name: 'task_1', targets: [] };
const statusOf = async (path: string) => (await client.get(path)).body['status'];
const answer = (id: number, status: string, more: object = {}) =>
  client.post(`/rest/approval/${id}`, { status, ...more });

describe('an asset with an approver', () => {
  test('keeps the run pending, and the approval has the fields of the page', async () => {
    await client.run(onAsset('lab-approval'));
    client.nowMs += DAY_MS - 1;
    expect(await statusOf('/rest/action_run/1')).toBe('pending');
    const { body } = await client.get('/rest/approval/1');
    expect(body).toEqual({
      id: 1,
      status: 'pending',
      owner_type: 'Asset Approver',
      action_run: 1,
      playbook_run: null,
      escalated_approval: null,
      name: 'approval for simulate',
      parent: null,
      node_guid: body['node_guid'],
      start_time: '2026-01-02T03:04:05.000000Z',
      close_time: null,
      due_time: '2026-01-03T03:04:05.000000Z',
      version: 1,
      jitc: {},
      asset: 3,
      owner: 3,
      message: 'pending-approval',
      type: 'asset',
      display: true,
      responses: [],
    });
    expect((await client.get('/rest/approval')).body).toEqual({ count: 1, num_pages: 1, data: [body] });
  });

  test('lets the run go when it is approved', async () => {
    await client.run(onAsset('lab-approval'));
    client.nowMs += 60_000;
    expect((await answer(1, 'approve')).body).toEqual({ success: true });
    expect([await statusOf('/rest/approval/1'), await statusOf('/rest/action_run/1')]).toEqual(['approved', 'running']);
    client.nowMs += 5000;
    expect(await statusOf('/rest/action_run/1')).toBe('success');
  });

  test('ends the run when it is denied, and says so', async () => {
    await client.run(onAsset('lab-approval'));
    await client.post('/rest/approval/1', { status: 'deny' }, client.basic());
    const run = (await client.get('/rest/action_run/1')).body;
    expect([run['status'], run['message'], run['cancelled']]).toEqual([
      'failed',
      'approval for simulate was denied by admin',
      '',
    ]);
    expect(await statusOf('/rest/approval/1')).toBe('denied');
    expect(client.sim.counts().executions).toEqual({});
  });

  test('expires at due_time, and the run with it', async () => {
    await client.run(onAsset('lab-approval'));
    client.nowMs += DAY_MS + 60_000;
    const approval = (await client.get('/rest/approval/1')).body;
    expect([approval['status'], approval['close_time']]).toEqual(['expired', approval['due_time']]);
    const run = (await client.get('/rest/action_run/1')).body;
    expect([run['status'], run['message']]).toEqual(['failed', 'approval for simulate expired']);
  });

  test('has as long as approvalLifetimeMs says', async () => {
    client = new SimClient({ approvalLifetimeMs: 1000 });
    await client.run(onAsset('lab-approval'));
    client.nowMs += 1000;
    expect(await statusOf('/rest/approval/1')).toBe('expired');
  });

  test('is asked after exec_delay_secs, not before', async () => {
    await client.run({ ...onAsset('lab-approval'), exec_delay_secs: 60 });
    expect((await client.get('/rest/approval')).body['count']).toBe(0);
    client.nowMs += 60_000;
    expect((await client.get('/rest/approval')).body['count']).toBe(1);
  });

  test('is not asked about a read-only action', async () => {
    await client.run({ ...onAsset('lab-approval'), action: 'test connectivity' });
    expect(await statusOf('/rest/action_run/1')).toBe('success');
    expect((await client.get('/rest/approval')).body['count']).toBe(0);
  });

  test('a run on two such assets waits for both', async () => {
    await client.run(onAsset('lab-approval', 'lab-review', 'lab'));
    expect(rowsOf((await client.get('/rest/action_run/1/approvals')).body).map(({ type }) => type)).toEqual([
      'asset',
      'parameter',
    ]);
    await answer(2, 'approve');
    expect(await statusOf('/rest/action_run/1')).toBe('pending');
    await answer(1, 'approve');
    expect(await statusOf('/rest/action_run/1')).toBe('running');
  });

  test('is over for everybody once one says no', async () => {
    await client.run(onAsset('lab-approval', 'lab-review'));
    await answer(1, 'deny');
    expect(await statusOf('/rest/approval/2')).toBe('expired');
    expect((await answer(2, 'approve')).body).toEqual({ failed: true, message: 'Approval 2 is expired' });
    expect(await statusOf('/rest/action_run/1')).toBe('failed');
  });

  test('is not needed any more once the run is cancelled', async () => {
    await client.run(onAsset('lab-approval'));
    await client.post('/rest/action_run/1', { cancel: true });
    expect(await statusOf('/rest/approval/1')).toBe('expired');
  });
});

describe('prompts and tasks', () => {
  test('a prompt has mins_to_act, and its answers come back in order', async () => {
    await client.run(prompt);
    expect((await client.get('/rest/approval/1')).body).toMatchObject({
      name: 'prompt_1',
      type: 'manual',
      owner_type: 'User',
      owner: 3,
      message: 'pending-manual-action',
      due_time: '2026-01-02T03:14:05.000000Z',
    });
    client.nowMs += 60_000;
    const more = { type: 'manual', action: 'prompt', message: '', responses: ['yes', 'because'] };
    expect((await answer(1, 'approve', more)).body).toEqual({ success: true });
    expect((await client.get('/rest/approval/1')).body['responses']).toEqual(['yes', 'because']);
    expect(await statusOf('/rest/action_run/1')).toBe('success');
    const [result] = rowsOf((await client.get('/rest/app_run/1/action_result')).body);
    expect(result).toMatchObject({
      data: [{ response: 'yes' }, { response: 'because' }],
      summary: { responses: ['yes', 'because'] },
    });
  });

  test('an unanswered prompt expires after mins_to_act', async () => {
    await client.run(prompt);
    client.nowMs += 10 * 60_000;
    expect([await statusOf('/rest/approval/1'), await statusOf('/rest/action_run/1')]).toEqual(['expired', 'failed']);
  });

  test('a task is done by approving it', async () => {
    await client.run(task);
    await answer(1, 'approve');
    expect(await statusOf('/rest/action_run/1')).toBe('success');
  });
});

describe('detail_summary_view', () => {
  const detail = async (body: object) => {
    await client.run(body);
    client.nowMs += 1500;
    return (await client.get('/rest/approval/1/detail_summary_view')).body;
  };
  const common = { container_id: 1, next_owner: null, container_name: 'Embedded SOAR', owner: 'approver' };

  test('approvals: with the asset and its configuration', async () => {
    const view = await detail(onAsset('lab-approval'));
    expect(view).toMatchObject({
      ...common,
      notification_type: 'approvals',
      type: 'asset',
      action_name: 'simulated',
      action_type: 'simulate',
      time_left: 86398.5,
      notification_targets: [{ app_id: 2, assets: ['lab-approval'], parameters: [{ seconds: 5 }] }],
    });
    const [asset] = objectsOf([view['asset']]);
    expect(asset).toEqual((await client.get('/rest/asset/3')).body);
    expect(JSON.stringify(asset?.['configuration'])).toMatch(/^\{"api_key":".+"\}$/);
    expect(view).not.toHaveProperty('playbook_name');
  });

  test('action reviews', async () => {
    expect(await detail(onAsset('lab-review'))).toMatchObject({
      ...common,
      playbook_repo: 'local',
      notification_type: 'action reviews',
      type: 'parameter',
      asset: null,
    });
  });

  test('prompts', async () => {
    expect(await detail(prompt)).toMatchObject({
      ...common,
      playbook_repo: 'local',
      notification_type: 'prompts',
      type: 'manual',
      action_type: 'prompt',
      asset: null,
      time_left: 598.5,
      notification_targets: prompt.targets,
    });
  });

  test('manual tasks', async () => {
    expect(await detail(task)).toMatchObject({
      ...common,
      owner: 'automation',
      notification_type: 'manual tasks',
      type: 'manual',
      action_type: 'task',
      asset: null,
      notification_targets: [],
    });
  });
});

test.each([
  ['another status', 1, { status: 'maybe' }, 400],
  ['no status', 1, {}, 400],
  ['responses that are no texts', 1, { status: 'approve', responses: [1] }, 400],
  ['an id that is not there', 9, { status: 'approve' }, 404],
])('an answer with %s is refused and changes nothing', async (_title, id, body, status) => {
  await client.run(onAsset('lab-approval'));
  expect((await client.post(`/rest/approval/${id}`, body)).status).toBe(status);
  expect(await statusOf('/rest/approval/1')).toBe('pending');
});
