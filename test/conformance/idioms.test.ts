import { randomUUID } from 'node:crypto';
import { sample } from '../unit/contracts/soar/samples.js';
import { idsOf, numberAt, objectOf } from './support/read-json.js';
import { IS_EMBEDDED, MAY_WRITE, useSoar } from './support/under-test.js';

const opened = useSoar();

// What shipped clients of SOAR do without any page saying so; whoever takes SOAR's place has to put up with it.
describe('clients in the field', () => {
  it('quote every value of a query', async () => {
    const { soar, material } = opened();
    const [first, , last] = material.runs;
    const query = `_filter_id__gte="${first ?? ''}"&_filter_id__lte="${last ?? ''}"`;
    const quoted = await soar.get(`/rest/action_run?${query}&page="0"&page_size="200"&sort="id"&order="asc"`);
    expect(idsOf(quoted.json)).toEqual(material.runs);
  });

  it('read the id and the status of a run off the text', async () => {
    const { soar, material } = opened();
    const { text } = await soar.get(`/rest/action_run/${material.endedRun}`);
    expect(/^\s*\{\s*"id":\s*(\d+)/.exec(text)?.[1]).toBe(String(material.endedRun));
    // The run's own status has to come before anything of its parameters that may be called so too.
    expect(text.indexOf('"status"')).toBeLessThan(text.indexOf('"targets"'));
    expect(/"status":\s*"(\w+)"/.exec(text)?.[1]).toBe('success');
  });

  it('ask for pretty fields, and find the others unchanged beside them', async () => {
    const { soar, material } = opened();
    const path = `/rest/app_run/${material.appRun}`;
    const [plain, pretty] = [objectOf((await soar.get(path)).json), objectOf((await soar.get(`${path}?pretty`)).json)];
    expect(pretty).toMatchObject(plain);
    const added = Object.keys(pretty).filter((key) => !(key in plain));
    expect(added).toContain('_pretty_start_time');
    expect(added.filter((key) => !key.startsWith('_pretty_'))).toEqual([]);
  });

  it('send parameters that SOAR does not know', async () => {
    const { soar, material } = opened();
    const { json } = await soar.get(`/rest/action_run?_filter_id=${material.endedRun}&conformance_nothing=1`);
    expect(idsOf(json)).toEqual([material.endedRun]);
  });

  it('end a path with a slash, or not', async () => {
    const { soar, material } = opened();
    expect(idsOf((await soar.get(`/rest/action_run/?_filter_id=${material.endedRun}`)).json)).toEqual([
      material.endedRun,
    ]);
  });

  it('check the connection by the version', async () => {
    const { soar } = opened();
    expect(objectOf((await soar.get('/rest/version')).json)['version']).toMatch(/^\d+(\.\d+)+$/);
    expect((await soar.client.getVersion()).version).toMatch(/^\d+(\.\d+)+$/);
  });

  if (MAY_WRITE) {
    it.each([
      ['as JSON', { 'content-type': 'application/json' }],
      ['as a form, like curl', { 'content-type': 'application/x-www-form-urlencoded' }],
      ['as plain text', { 'content-type': 'text/plain;charset=UTF-8' }],
      ['as nothing', {}],
    ])('send JSON %s', async (_title, headers) => {
      const { soar, material } = opened();
      const body = JSON.stringify(material.adapted(sample('run-action-delayed.request')));
      const { json } = await soar.send('POST', '/rest/action_run', { body, headers });
      expect(objectOf(json)).toMatchObject({ success: true, message: 'New action queued.' });
    });

    it('name a container by its id in a string', async () => {
      const { soar, material } = opened();
      const request = objectOf(material.adapted(sample('run-action-delayed.request')));
      const container = objectOf((await soar.get(`/rest/action_run/${material.endedRun}`)).json)['container'];
      const { json } = await soar.post('/rest/action_run', { ...request, container_id: String(container) });
      const run = await soar.client.getActionRun(numberAt(json, 'action_run_id'));
      expect(run.container).toBe(container);
    });
  }
});

// These act on the embedded SOAR's own app, or leave something behind.
if (IS_EMBEDDED) {
  describe('clients in the field, on data of the embedded SOAR', () => {
    it('name the asset by a string, and the app by a number, its digits, or its GUID', async () => {
      const { soar } = opened();
      const guid = objectOf((await soar.get('/rest/app/1')).json)['appid'];
      for (const [appId, asset] of [
        [1, '1'],
        ['1', 1],
        [guid, 'maxmind'],
      ]) {
        const targets = [{ app_id: appId, assets: [asset], parameters: [{ ip: '8.8.8.8' }] }];
        const request = { action: 'geolocate ip', container_id: '1', name: 'ids in every form', targets };
        const { json } = await soar.post('/rest/action_run', request);
        const run = await soar.client.getActionRun(numberAt(json, 'action_run_id'));
        expect([run.status, run.targets]).toEqual(['success', targets]);
      }
    });

    it('create artifacts by an array, and get an array of answers', async () => {
      const { soar } = opened();
      const artifact = (): object => ({ container_id: 1, name: 'a', cef: {}, source_data_identifier: randomUUID() });
      const twice = artifact();
      const { status, json } = await soar.post('/rest/artifact', [artifact(), twice, twice]);
      expect([status, json]).toEqual([
        200,
        [
          { success: true, id: 1 },
          { success: true, id: 2 },
          { failed: true, message: 'duplicate source_data_identifier', existing_artifact_id: 2 },
        ],
      ]);
    });

    it('submit with an app_id that is none, and learn of it from the run', async () => {
      const { soar } = opened();
      const targets = [{ app_id: 'x', assets: ['maxmind'], parameters: [{ ip: '8.8.8.8' }] }];
      const request = { action: 'geolocate ip', container_id: 1, name: 'no app', targets };
      const answer = await soar.post('/rest/action_run', request);
      expect([answer.status, objectOf(answer.json)['message']]).toEqual([200, 'New action queued.']);
      const id = numberAt(answer.json, 'action_run_id');
      expect(await soar.client.getActionRun(id)).toMatchObject({
        status: 'failed',
        message: 'app_id has invalid format',
      });
      expect((await soar.client.listActionRunAppRuns(id)).count).toBe(0);
    });
  });
}
