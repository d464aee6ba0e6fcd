import { SOAR_ERROR_CODES } from '../../../src/model/error-codes.js';
import { reasonOf, soarErrorOf } from './support/rejection.js';
import { Cleanup, clientFor, closedPort, serveHttp, serveTcp } from './support/servers.js';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

const request = { action: 'block ip', container_id: 1, name: 'n', targets: [{ app_id: 1, assets: ['a'] }] };

/** Waits for a server-side moment: the promise and the function that fulfils it. */
function moment(): { readonly reached: Promise<void>; readonly reach: () => void } {
  let reach = (): void => undefined;
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  return { reached, reach };
}

describe('sent is false if nothing can have reached SOAR', () => {
  it('refused connection', async () => {
    const client = clientFor(cleanup, `http://127.0.0.1:${await closedPort()}`);
    const error = await soarErrorOf(client.runAction(request));
    expect(error).toMatchObject({
      code: SOAR_ERROR_CODES.CONNECTION,
      sent: false,
      method: 'POST',
      path: '/rest/action_run',
    });
    expect(error.message).toContain('ECONNREFUSED');
  });

  it('unknown host', async () => {
    const client = clientFor(cleanup, 'http://soar.invalid');
    expect(await soarErrorOf(client.runAction(request))).toMatchObject({
      code: SOAR_ERROR_CODES.CONNECTION,
      sent: false,
    });
  });

  it('no TLS on the other side', async () => {
    const server = await serveTcp(cleanup, (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const client = clientFor(cleanup, `https://127.0.0.1:${server.port}`);
    expect(await soarErrorOf(client.runAction(request))).toMatchObject({ code: SOAR_ERROR_CODES.TLS, sent: false });
  });

  it('TLS handshake that never ends', async () => {
    const server = await serveTcp(cleanup, () => undefined);
    const client = clientFor(cleanup, `https://127.0.0.1:${server.port}`, { timeoutMs: 200 });
    expect(await soarErrorOf(client.runAction(request))).toMatchObject({ code: SOAR_ERROR_CODES.TIMEOUT, sent: false });
  });

  it('connect deadline', async () => {
    const server = await serveTcp(cleanup, () => undefined);
    const client = clientFor(cleanup, `https://127.0.0.1:${server.port}`, { connectTimeoutMs: 100 });
    const error = await soarErrorOf(client.runAction(request));
    expect(error).toMatchObject({ code: SOAR_ERROR_CODES.TIMEOUT, sent: false });
    expect(error.message).toContain('connecting took too long');
  });

  it('deadline while waiting for a free connection: the request is never written afterwards', async () => {
    const first = moment();
    const seen: string[] = [];
    const server = await serveHttp(cleanup, (incoming, response) => {
      seen.push(incoming.url ?? '');
      void first.reached.then(() => response.end('{"version":"1"}'));
    });
    const client = clientFor(cleanup, server.url, { maxConnections: 1 });
    const holding = client.getVersion();
    expect(await soarErrorOf(client.runAction(request, { timeoutMs: 100 }))).toMatchObject({
      code: SOAR_ERROR_CODES.TIMEOUT,
      sent: false,
    });
    first.reach();
    await holding;
    await client.getVersion();
    expect(seen).toEqual(['/rest/version', '/rest/version']);
  });

  it('client that was closed', async () => {
    const client = clientFor(cleanup, 'http://127.0.0.1:1');
    await client.close();
    expect(await soarErrorOf(client.runAction(request))).toMatchObject({
      code: SOAR_ERROR_CODES.CONNECTION,
      sent: false,
    });
  });

  it('request refused by its own contract', async () => {
    const client = clientFor(cleanup, 'http://127.0.0.1:1');
    const error = await soarErrorOf(client.runAction({ ...request, targets: [] }));
    expect(error).toMatchObject({ code: SOAR_ERROR_CODES.INVALID_REQUEST, sent: false });
    expect(error.message).toContain('targets: must have at least one target');
  });
});

it('sent is false for a request that cannot be written as JSON', async () => {
  const client = clientFor(cleanup, 'http://127.0.0.1:1');
  const targets = [{ app_id: 1, parameters: [{ size: 1n }] }];
  expect(await soarErrorOf(client.runAction({ ...request, targets }))).toMatchObject({
    code: SOAR_ERROR_CODES.INVALID_REQUEST,
    sent: false,
  });
});

describe('sent is true from the moment the request is written', () => {
  it('connection closed before any answer', async () => {
    const server = await serveTcp(cleanup, (socket) => socket.once('data', () => socket.end()));
    const client = clientFor(cleanup, server.url);
    expect(await soarErrorOf(client.runAction(request))).toMatchObject({
      code: SOAR_ERROR_CODES.CONNECTION_LOST,
      sent: true,
    });
  });

  it('connection reset before any answer', async () => {
    const server = await serveTcp(cleanup, (socket) => socket.once('data', () => socket.resetAndDestroy()));
    const client = clientFor(cleanup, server.url);
    expect(await soarErrorOf(client.runAction(request))).toMatchObject({
      code: SOAR_ERROR_CODES.CONNECTION_LOST,
      sent: true,
    });
  });

  it('kept-alive connection that the server closes as the next request arrives', async () => {
    let requests = 0;
    const server = await serveTcp(cleanup, (socket) =>
      socket.on('data', () => {
        requests += 1;
        if (requests > 1) socket.resetAndDestroy();
        else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 15\r\n\r\n{"version":"1"}');
      }),
    );
    const client = clientFor(cleanup, server.url, { maxConnections: 1 });
    await client.getVersion();
    expect(await soarErrorOf(client.runAction(request))).toMatchObject({
      code: SOAR_ERROR_CODES.CONNECTION_LOST,
      sent: true,
    });
    expect(requests).toBe(2);
  });

  it('deadline without an answer', async () => {
    const server = await serveTcp(cleanup, () => undefined);
    const client = clientFor(cleanup, server.url);
    expect(await soarErrorOf(client.runAction(request, { timeoutMs: 100 }))).toMatchObject({
      code: SOAR_ERROR_CODES.TIMEOUT,
      sent: true,
    });
  });

  it('answer cut off in the middle', async () => {
    const server = await serveTcp(cleanup, (socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"action_run')),
    );
    const client = clientFor(cleanup, server.url);
    expect(await soarErrorOf(client.runAction(request))).toMatchObject({
      code: SOAR_ERROR_CODES.BODY_UNREADABLE,
      sent: true,
    });
  });

  it('answer that is no HTTP', async () => {
    const server = await serveTcp(cleanup, (socket) =>
      socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.6\r\n')),
    );
    const client = clientFor(cleanup, server.url);
    expect(await soarErrorOf(client.runAction(request))).toMatchObject({
      code: SOAR_ERROR_CODES.CONNECTION_LOST,
      sent: true,
    });
  });
});

describe('abort by the caller', () => {
  it('rejects with the reason itself before, while waiting for a connection, and in the middle of a call', async () => {
    const reason = { why: 'not even an error' };
    const arrived = moment();
    const server = await serveHttp(cleanup, () => {
      arrived.reach();
    });
    const client = clientFor(cleanup, server.url, { maxConnections: 1 });
    expect(await reasonOf(client.getVersion({ signal: AbortSignal.abort(reason) }))).toBe(reason);

    const inTheMiddle = new AbortController();
    const waiting = new AbortController();
    const calls = [client.getVersion({ signal: inTheMiddle.signal }), client.getVersion({ signal: waiting.signal })];
    const reasons = Promise.all(calls.map(reasonOf));
    await arrived.reached;
    waiting.abort(reason);
    inTheMiddle.abort(reason);
    for (const each of await reasons) expect(each).toBe(reason);
  });
});
