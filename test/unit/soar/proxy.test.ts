import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect } from 'node:net';
import { EnvHttpProxyAgent, request } from 'undici';
import { SOAR_ERROR_CODES } from '../../../src/model/error-codes.js';
import { CertificateMaker } from './support/certificates.js';
import type { Certificate } from './support/certificates.js';
import { soarErrorOf } from './support/rejection.js';
import { Cleanup, clientFor, listen, serveHttp, serveJson } from './support/servers.js';

const HOST = 'soar.example.test';
const VARIABLES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'NO_PROXY', 'no_proxy'];
const before = VARIABLES.map((name) => [name, process.env[name]] as const);
const allTests = new Cleanup();
const cleanup = new Cleanup();
let certificate: Certificate;

beforeAll(() => {
  certificate = new CertificateMaker(allTests).signed(`DNS:${HOST}`);
});
beforeEach(() => {
  for (const name of VARIABLES) Reflect.deleteProperty(process.env, name);
});
afterEach(() => cleanup.run());
afterAll(async () => {
  for (const [name, value] of before) if (value !== undefined) process.env[name] = value;
  await allTests.run();
});

/** A proxy that leads every tunnel to one port, and keeps whom it was asked for and all bytes that went through it. */
async function proxyTo(port: number): Promise<{ url: string; asked: string[]; seen: () => string }> {
  const asked: string[] = [];
  const seen: Buffer[] = [];
  const proxy = createHttpServer();
  proxy.on('connect', ({ url }, client) => {
    asked.push(url ?? '');
    const server = connect(port, '127.0.0.1', () => client.write('HTTP/1.1 200 OK\r\n\r\n'));
    client.on('data', (chunk: Buffer) => seen.push(chunk));
    client.pipe(server).pipe(client);
    for (const socket of [client, server]) socket.on('error', () => socket.destroy());
  });
  const { url } = await listen(proxy, cleanup);
  return { url, asked, seen: () => Buffer.concat(seen).toString('latin1') };
}

async function soarBehindProxy(): Promise<{ tokens: unknown[]; proxy: Awaited<ReturnType<typeof proxyTo>> }> {
  const tokens: unknown[] = [];
  const server = createHttpsServer(certificate, ({ headers }, response) => {
    tokens.push(headers['ph-auth-token']);
    response.end('{"version":"1"}');
  });
  return { tokens, proxy: await proxyTo((await listen(server, cleanup, 'https')).port) };
}

describe('the way to SOAR through a proxy', () => {
  it.each(['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'])('is what %s says', async (variable) => {
    const { tokens, proxy } = await soarBehindProxy();
    process.env[variable] = proxy.url;
    await clientFor(cleanup, `https://${HOST}`, { caFile: certificate.caFile }).getVersion();
    expect(tokens).toEqual(['test-token']);
    expect(proxy.asked).toEqual([`${HOST}:443`]);
    expect(proxy.seen()).not.toContain('test-token');
  });

  it('does not weaken the check of SOAR’s certificate', async () => {
    const { tokens, proxy } = await soarBehindProxy();
    process.env['HTTPS_PROXY'] = proxy.url;
    const strict = clientFor(cleanup, `https://${HOST}`);
    expect(await soarErrorOf(strict.getVersion())).toMatchObject({ code: SOAR_ERROR_CODES.TLS, sent: false });
    expect(tokens).toEqual([]);
    await clientFor(cleanup, `https://${HOST}`, { tlsVerify: false }).getVersion();
    expect(tokens).toEqual(['test-token']);
  });

  it.each([HOST, 'example.test', '.example.test', '*', 'a.b, soar.example.test:443'])(
    'is not taken where NO_PROXY is %s',
    async (noProxy) => {
      const { proxy } = await soarBehindProxy();
      Object.assign(process.env, { HTTPS_PROXY: proxy.url, NO_PROXY: noProxy });
      const client = clientFor(cleanup, `https://${HOST}`, { caFile: certificate.caFile });
      expect(await soarErrorOf(client.getVersion())).toMatchObject({ sent: false });
      expect(proxy.asked).toEqual([]);
    },
  );

  it.each([
    ['refuses', 403],
    ['wants a password', 407],
    ['has no way', 502],
  ])('ends without anything sent where the proxy %s', async (_what, status) => {
    const proxy = createHttpServer();
    proxy.on('connect', (_request, socket) => socket.end(`HTTP/1.1 ${status} No\r\n\r\n`));
    process.env['HTTPS_PROXY'] = (await listen(proxy, cleanup)).url;
    expect(await soarErrorOf(clientFor(cleanup, `https://${HOST}`).getVersion())).toMatchObject({ sent: false });
  });
});

describe('a SOAR on this machine', () => {
  it.each(['127.0.0.1', 'localhost'])('is reached as %s without the proxy', async (host) => {
    const { port } = await serveJson(cleanup, { version: '1' });
    const proxy = await proxyTo(port);
    for (const name of VARIABLES.slice(0, 4)) process.env[name] = proxy.url;
    await clientFor(cleanup, `http://${host}:${port}`).getVersion();
    expect(proxy.asked).toEqual([]);
  });

  it('would be asked for through it by undici alone: the control', async () => {
    const { url, port } = await serveHttp(cleanup, (_request, response) => response.end('{}'));
    const proxy = await proxyTo(port);
    process.env['HTTP_PROXY'] = proxy.url;
    const dispatcher = new EnvHttpProxyAgent();
    await (await request(url, { dispatcher })).body.dump();
    await dispatcher.destroy();
    expect(proxy.asked).toEqual([`127.0.0.1:${port}`]);
  });
});
