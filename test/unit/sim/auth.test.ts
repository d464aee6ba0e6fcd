import { SimClient } from './support/sim-client.js';

const client = new SimClient({ token: 'a-token', username: 'anna', password: 'pass:word' });

test.each([
  ['the token in ph-auth-token', { 'ph-auth-token': 'a-token' }],
  ['user and password', client.basic('anna', 'pass:word')],
  ['an empty user and the token as password', client.basic('', 'a-token')],
])('%s is let in', async (_title, headers) => {
  expect((await client.get('/rest/version', headers)).body).toEqual({ version: '6.4.0.1' });
});

test.each([
  ['nothing', {}],
  ['a wrong token', { 'ph-auth-token': 'a-tokem' }],
  ['an empty token', { 'ph-auth-token': '' }],
  ['a wrong password', client.basic('anna', 'password')],
  ['the password with an empty user', client.basic('', 'pass:word')],
  ['the token with a user', client.basic('anna', 'a-token')],
  ['Basic that is not base64', { authorization: 'Basic ???' }],
  ['another scheme', { authorization: 'Bearer a-token' }],
])('%s is answered with 401 in the envelope', async (_title, headers) => {
  const { status, body } = await client.get('/rest/version', headers);
  expect([status, body['failed'], typeof body['message']]).toEqual([401, true, 'string']);
});

test('a request that is not let in does nothing', async () => {
  const { status } = await client.post('/rest/container', { name: 'x', label: 'events' }, {});
  expect(status).toBe(401);
  expect((await client.get('/rest/container')).body['count']).toBe(1);
});

test('credentials that are not given are made up, and differ from server to server', () => {
  const [first, second] = [new SimClient().sim.credentials, new SimClient().sim.credentials];
  expect(first.token).not.toBe(second.token);
  expect(first.password).not.toBe(second.password);
  expect(first.token.length).toBeGreaterThanOrEqual(32);
});
