import { spawn } from 'node:child_process';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import type { Server } from 'node:net';
import path from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import type { TlsOptions } from 'node:tls';
import { SoarRunner } from '../../../src/client/soar-runner.js';
import type { SoarRunnerOptions } from '../../../src/client/soar-runner.js';
import { TemporalUnavailable } from '../../../src/client/errors.js';
import { CertificateMaker } from '../../unit/soar/support/certificates.js';
import type { Certificate } from '../../unit/soar/support/certificates.js';
import { Cleanup, closedPort, listen, serveTcp } from '../../unit/soar/support/servers.js';
import { eventually } from '../support/phases.js';
import { testServer } from '../support/test-server.js';
import { Workplace } from '../main-job/support/workplace.js';
import { readFileSync } from 'node:fs';

const cleanup = new Cleanup();
const ours = new Cleanup();
let good: Certificate;
let expired: Certificate;
let elsewhere: Certificate;
/** Ports of 127.0.0.1 by what is there. */
const ports: Record<string, number> = {};
const folder = new Workplace();

/** Temporal behind TLS: what comes is decrypted and handed on. */
function temporalBehind(tls: TlsOptions): Server {
  const [host, port] = testServer().address.split(':');
  return createTlsServer({ ALPNProtocols: ['h2'], ...tls }, (socket) => {
    const temporal = connect(Number(port), host);
    for (const end of [socket, temporal]) end.on('error', () => end.destroy());
    socket.pipe(temporal).pipe(socket);
  });
}

beforeAll(async () => {
  const maker = new CertificateMaker(ours);
  good = maker.signed('IP:127.0.0.1,DNS:localhost');
  expired = maker.signed('IP:127.0.0.1', '20210101000000Z');
  elsewhere = maker.signed('DNS:temporal.example.com');
  const client = { ca: readFileSync(good.caFile), requestCert: true, rejectUnauthorized: true };
  const servers: Record<string, Server> = {
    tls: temporalBehind(good),
    expired: temporalBehind(expired),
    elsewhere: temporalBehind(elsewhere),
    mutual: temporalBehind({ ...good, ...client }),
    http: createHttpServer((_request, response) => response.end('hello')),
    https: createTlsServer({ ...good, ALPNProtocols: ['http/1.1'] }, (socket) =>
      socket.end('HTTP/1.1 400 Bad\r\n\r\n'),
    ),
    closing: createTcpServer((socket) => socket.destroy()),
  };
  for (const [name, server] of Object.entries(servers)) ports[name] = (await listen(server, ours)).port;
  ports['silent'] = (await serveTcp(ours, () => undefined)).port;
  ports['closed'] = await closedPort();
  for (const [name, content] of Object.entries({ 'key.pem': good.key, 'cert.pem': good.cert, 'bad.pem': 'none' }))
    folder.write(name, content);
});
afterEach(() => cleanup.run());
afterAll(async () => {
  await ours.run();
  await folder.close();
});

type Environment = Readonly<Record<string, string>>;
const to =
  (name: string, more: Environment = {}) =>
  (): Environment => ({
    TEMPORAL_ADDRESS: name === 'temporal' ? testServer().address : `127.0.0.1:${ports[name]}`,
    ...more,
  });
const authority = (): Environment => ({ TEMPORAL_TLS_SERVER_CA_CERT_PATH: good.caFile });
const withCa =
  (name: string, more: () => Environment = () => ({})) =>
  (): Environment => ({ ...to(name)(), ...authority(), ...more() });
const TLS = { TEMPORAL_TLS: 'true' };
const own = (): Environment => ({
  TEMPORAL_TLS_CLIENT_CERT_PATH: folder.at('cert.pem'),
  TEMPORAL_TLS_CLIENT_KEY_PATH: folder.at('key.pem'),
});

/** What is there, the environment, the reason with the setting, and the environment as it is told. */
type Case = readonly [what: string, wrong: () => Environment, says: RegExp, advised: () => Environment];
const CASES: readonly Case[] = [
  [
    'a port without TLS',
    to('temporal', TLS),
    /no TLS is spoken there .*Set TEMPORAL_TLS=false/,
    to('temporal', { TEMPORAL_TLS: 'false' }),
  ],
  [
    'the same by an API key',
    to('temporal', { TEMPORAL_API_KEY: 'canary' }),
    /Set TEMPORAL_TLS=false/,
    to('temporal', { TEMPORAL_API_KEY: 'canary', TEMPORAL_TLS: 'false' }),
  ],
  [
    'a port with TLS',
    to('tls'),
    /TLS is spoken there\. Set TEMPORAL_TLS=true, and TEMPORAL_TLS_SERVER_CA_CERT_PATH/,
    withCa('tls', () => TLS),
  ],
  ['a private authority', to('tls', TLS), /not trusted .*Set TEMPORAL_TLS_SERVER_CA_CERT_PATH/, withCa('tls')],
  [
    'another name',
    withCa('elsewhere'),
    /for another name.*TEMPORAL_TLS_SERVER_NAME/,
    withCa('elsewhere', () => ({ TEMPORAL_TLS_SERVER_NAME: 'temporal.example.com' })),
  ],
  ['an expired certificate', withCa('expired'), /CERT_HAS_EXPIRED\)\. It must be renewed there/, withCa('tls')],
  [
    'a certificate asked of the client',
    withCa('mutual'),
    /refuses the TLS of this client .*TEMPORAL_TLS_CLIENT_CERT_PATH and/,
    withCa('mutual', own),
  ],
  ['the same without TLS', to('mutual'), /TLS is spoken there\. Set TEMPORAL_TLS=true/, withCa('mutual', own)],
  ['no server', to('closed'), /nothing answers there \(ECONNREFUSED\)\. Set TEMPORAL_ADDRESS/, to('temporal')],
  [
    'no such host',
    () => ({ TEMPORAL_ADDRESS: 'temporal.invalid:7233' }),
    /no host of this name is known .*Set TEMPORAL_ADDRESS/,
    to('temporal'),
  ],
  [
    'a URL',
    () => ({ TEMPORAL_ADDRESS: 'http://127.0.0.1:7233' }),
    /Set TEMPORAL_ADDRESS to host and port/,
    to('temporal'),
  ],
  ['a web server', to('http'), /is no Temporal.*Set TEMPORAL_ADDRESS to where Temporal’s gRPC port is/, to('temporal')],
  ['a web server with TLS', withCa('https'), /is no Temporal.*Set TEMPORAL_ADDRESS/, to('temporal')],
  ['a server that hangs up', to('closing'), /is no Temporal.*Set TEMPORAL_ADDRESS/, to('temporal')],
  [
    'a server that is silent',
    to('silent'),
    /listens there, but does not answer\. Set TEMPORAL_ADDRESS/,
    to('temporal'),
  ],
];

/** A command of a caller: what it says, and its exit code. */
async function list(environment: Environment): Promise<{ code: number | null; stderr: string }> {
  // gRPC names an address to a server with TLS, which Node warns of.
  const command = folder.run(['list'], { NODE_NO_WARNINGS: '1', ...environment });
  return { code: await command.ended, stderr: command.said.stderr };
}

describe('a Temporal that cannot be reached', () => {
  it.each(CASES)(
    'is told with the reason and the setting, which is then right: %s',
    async (_what, wrong, says, advised) => {
      const { code, stderr } = await list(wrong());
      expect([stderr, code]).toEqual([expect.stringMatching(says), 4]);
      expect(stderr).toMatch(/^Temporal cannot be reached at [^\n]*\.\n$/);
      expect(stderr).not.toMatch(/canary|fault of soar-runner/);
      expect(await list(advised())).toEqual({ code: 0, stderr: '' });
    },
    60_000,
  );

  it('is told by each command alike', async () => {
    folder.write('one.csv', 'ip\n8.8.8.8\n');
    folder.write('run.json', '{"action":"a","container_id":1,"name":"n","targets":[]}');
    const soar = { SOAR_BASE_URL: 'http://127.0.0.1:1', SOAR_AUTH_TOKEN: 'canary' };
    const batch = ['one.csv', '--asset', 'a', '--container', '1', '--send-anything'];
    for (const args of [
      ['status', 'k'],
      ['watch', 'k'],
      ['cancel', 'k'],
      ['results', 'k'],
      ['batch', ...batch],
    ]) {
      const command = folder.run(args, { ...to('tls')(), ...(args[0] === 'batch' ? {} : soar) });
      expect([args[0], await command.ended, command.said.stderr]).toEqual([
        args[0],
        args[0] === 'batch' ? 1 : 4,
        expect.stringMatching(/^Temporal (cannot be reached at|at) .*TLS is spoken there\. Set TEMPORAL_TLS=true/m),
      ]);
    }
  }, 120_000);

  it('is told by the worker, which goes on once it is there', async () => {
    const soar = { SOAR_BASE_URL: 'http://127.0.0.1:1', SOAR_AUTH_TOKEN: 'canary' };
    const program = path.join(__dirname, '../../../dist/worker.js');
    const env = { PATH: process.env['PATH'], ...soar, ...to('tls')() };
    const child = spawn(process.execPath, [program], { env });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    cleanup.add(() => Promise.resolve(child.kill('SIGKILL')));
    await eventually(() => Promise.resolve(said.includes('trying again') || undefined));
    expect(said).toMatch(
      /Temporal cannot be reached, trying again in 5 s: TLS is spoken there\. Set TEMPORAL_TLS=true/,
    );
  });

  it.each<[what: string, options: () => SoarRunnerOptions, says: RegExp, advised: () => SoarRunnerOptions]>([
    [
      'TLS on',
      () => ({ address: testServer().address, tls: true }),
      /no TLS is spoken there.*Set tls: false/,
      () => ({ address: testServer().address, tls: false }),
    ],
    [
      'TLS off',
      () => ({ address: `127.0.0.1:${ports['tls']}` }),
      /Set tls: true, and tls\.serverRootCACertificate/,
      () => ({ address: `127.0.0.1:${ports['tls']}`, tls: { serverRootCACertificate: readFileSync(good.caFile) } }),
    ],
    [
      'a wrong address',
      () => ({ address: `127.0.0.1:${ports['closed']}` }),
      /ECONNREFUSED\)\. Set address/,
      () => ({ address: testServer().address }),
    ],
  ])('is told by SoarRunner.connect in its own words: %s', async (_what, options, says, advised) => {
    const error: unknown = await SoarRunner.connect({ ...options(), connectTimeout: 1_000 }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(TemporalUnavailable);
    expect(String(error)).toMatch(says);
    const runner = await SoarRunner.connect(advised());
    await runner.close();
  });
});
