import type { SoarClient } from '../../../src/soar/client.js';
import { createSoarClient } from '../../../src/soar/client.js';
import { SOAR_ERROR_CODES } from '../../../src/model/error-codes.js';
import { sample } from '../contracts/soar/samples.js';
import { soarErrorOf } from './support/rejection.js';
import { bodyOf, Cleanup, clientFor, serveHttp, serveJson } from './support/servers.js';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

const request = { action: 'whois domain', container_id: 1, name: 'n', targets: [{ app_id: 161, assets: [2] }] };
const query = { page: 1, pageSize: 5 };
const emptyList = { count: 0, num_pages: 0, data: [] };

type Call = (client: SoarClient) => Promise<unknown>;
const METHODS: [string, Call, string, unknown][] = [
  ['runAction', (client) => client.runAction(request), 'POST /rest/action_run', sample('run-action.response')],
  ['getActionRun', (client) => client.getActionRun(47), 'GET /rest/action_run/47', sample('action-run')],
  ['listActionRuns', (client) => client.listActionRuns(query), 'GET /rest/action_run?page=1&page_size=5', emptyList],
  ['cancelActionRun', (client) => client.cancelActionRun(2), 'POST /rest/action_run/2', sample('cancel.response')],
  [
    'listActionRunAppRuns',
    (client) => client.listActionRunAppRuns(2),
    'GET /rest/action_run/2/app_runs',
    sample('app-runs'),
  ],
  ['listAppRuns', (client) => client.listAppRuns(query), 'GET /rest/app_run?page=1&page_size=5', emptyList],
  ['getAppRun', (client) => client.getAppRun(7), 'GET /rest/app_run/7', sample('app-run')],
  [
    'listActionResults',
    (client) => client.listActionResults(1, query),
    'GET /rest/app_run/1/action_result?page=1&page_size=5',
    sample('action-results'),
  ],
  ['listApprovals', (client) => client.listApprovals(), 'GET /rest/approval', sample('approvals')],
  ['getApproval', (client) => client.getApproval(1), 'GET /rest/approval/1', sample('approval')],
  ['listAppActions', (client) => client.listAppActions(), 'GET /rest/app_action', emptyList],
  ['listArtifacts', (client) => client.listArtifacts(query), 'GET /rest/artifact?page=1&page_size=5', emptyList],
  ['getBuildAction', (client) => client.getBuildAction(), 'GET /rest/build_action', { assets: [{ id: 1, name: 'a' }] }],
  ['getVersion', (client) => client.getVersion(), 'GET /rest/version', { version: '6.4.0.1' }],
];

describe('the client', () => {
  it.each(METHODS)('%s asks the documented endpoint and gives its answer', async (_name, call, line, answer) => {
    const lines: string[] = [];
    const server = await serveHttp(cleanup, (incoming, response) => {
      lines.push(`${incoming.method} ${incoming.url}`);
      response.end(JSON.stringify(answer));
    });
    expect(await call(clientFor(cleanup, server.url))).toEqual(answer);
    expect(lines).toEqual([line]);
  });

  it('has a test for every method that asks SOAR', () => {
    const client = clientFor(cleanup, 'http://127.0.0.1:1');
    const tested = [...METHODS.map(([name]) => name), 'getApprovalDetail', 'actionRunPage', 'nowMs', 'origin', 'close'];
    expect(Object.keys(client).sort()).toEqual(tested.sort());
  });

  it('sends the request exactly as it was given, as JSON, and asks for no compression', async () => {
    const received: unknown[] = [];
    const server = await serveHttp(cleanup, (incoming, response) => {
      void bodyOf(incoming).then((body) => {
        received.push(JSON.parse(body), incoming.headers);
        response.end(JSON.stringify(sample('run-action.response')));
      });
    });
    const whole = { ...request, hint: { deep: [1] } };
    await clientFor(cleanup, server.url).runAction(whole);
    const headers = {
      'content-type': 'application/json',
      'accept-encoding': 'identity',
      'ph-auth-token': 'test-token',
    };
    expect(received).toEqual([whole, expect.objectContaining(headers)]);
  });

  it.each([
    ['https://soar.example.com', 42, 'https://soar.example.com/mission/42/analyst/action_run/7'],
    ['https://soar.example.com/soar/', '42', 'https://soar.example.com/soar/mission/42/analyst/action_run/7'],
    ['https://soar.example.com', 'a/../b', 'https://soar.example.com/mission/a%2F..%2Fb/analyst/action_run/7'],
    ['https://soar.example.com', null, null],
    ['https://soar.example.com', undefined, null],
    ['http://127.0.0.1:8088', 42, null],
    ['https://localhost:8443', 42, null],
    ['http://[::1]:8088', 42, null],
  ])('has SOAR’s own page of a run at %s in container %s, without asking: %s', (url, container, page) => {
    expect(clientFor(cleanup, url).actionRunPage(container, 7)).toBe(page);
  });

  it('keeps a path that stands before /rest', async () => {
    const server = await serveHttp(cleanup, (incoming, response) => {
      response.end(JSON.stringify({ version: incoming.url }));
    });
    expect(await clientFor(cleanup, `${server.url}/soar/`).getVersion()).toEqual({ version: '/soar/rest/version' });
  });

  it('keeps the configuration of the asset to itself', async () => {
    const server = await serveJson(cleanup, sample('approval-detail-approvals'));
    const detail = await clientFor(cleanup, server.url).getApprovalDetail(21);
    expect(detail).toEqual({ owner: 'admin' });
    expect(JSON.stringify(detail)).not.toMatch(/api_key|sample-api-key|configuration/);
  });
});

describe('cancelActionRun', () => {
  it.each([
    ['with 200', 200],
    ['with 400', 400],
    ['with 409', 409],
    ['with 403', 403],
    ['with 423', 423],
  ])('takes a refusal %s as an answer', async (_what, status) => {
    const server = await serveJson(cleanup, { failed: true, message: 'Already finished.' }, status);
    const answer = await clientFor(cleanup, server.url).cancelActionRun(2);
    expect(answer).toEqual({ cancelled: false, message: 'Already finished.' });
  });

  it.each([
    [404, { what: 'a proxy' }, SOAR_ERROR_CODES.NOT_FOUND],
    [404, { failed: true, message: 'a node that lags' }, SOAR_ERROR_CODES.NOT_FOUND],
    [401, { failed: true, message: 'token' }, SOAR_ERROR_CODES.UNAUTHORIZED],
    [429, { failed: true, message: 'slow down' }, SOAR_ERROR_CODES.RATE_LIMITED],
    [500, { failed: true, message: 'oops' }, SOAR_ERROR_CODES.SERVER_ERROR],
    [400, { what: 'a proxy' }, SOAR_ERROR_CODES.BAD_REQUEST],
  ])('rejects for %i %j', async (status, body, code) => {
    const server = await serveJson(cleanup, body, status);
    expect(await soarErrorOf(clientFor(cleanup, server.url).cancelActionRun(2))).toMatchObject({ code });
  });
});

describe('options that can never work', () => {
  const auth = { token: 't' };
  it.each([
    ['no URL', { baseUrl: 'soar.example.com', auth }, 'SOAR_BASE_URL must be an address'],
    ['another scheme', { baseUrl: 'ftp://soar.example.com', auth }, 'SOAR_BASE_URL must be an address'],
    ['user info', { baseUrl: 'https://ann:canary@soar.example.com', auth }, 'SOAR_USERNAME'],
    ['a query', { baseUrl: 'https://soar.example.com/?token=canary', auth }, 'must have no ? and no #'],
    ['an empty token', { baseUrl: 'https://soar.example.com', auth: { token: '' } }, 'the SOAR token is empty'],
    [
      'a token with a line break',
      { baseUrl: 'https://soar.example.com', auth: { token: 'canary\r\nx: y' } },
      'characters',
    ],
    [
      'a colon in the user name',
      { baseUrl: 'https://soar.example.com', auth: { username: 'a:b', password: 'canary' } },
      'colon',
    ],
  ])('%s: says so without repeating it', (_what, options, text) => {
    const create = () => createSoarClient(options);
    expect(create).toThrow(text);
    expect(create).not.toThrow('canary');
  });
});
