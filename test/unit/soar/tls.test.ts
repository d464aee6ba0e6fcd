import { createServer } from 'node:https';
import type { ServerOptions } from 'node:https';
import { SOAR_ERROR_CODES } from '../../../src/model/http-status-errors.js';
import type { SoarClientOptions } from '../../../src/soar/caller.js';
import { CertificateMaker } from './support/certificates.js';
import type { Certificate } from './support/certificates.js';
import { soarErrorOf } from './support/rejection.js';
import { Cleanup, clientFor, listen } from './support/servers.js';

const allTests = new Cleanup();
const cleanup = new Cleanup();
let good: Certificate;
let expired: Certificate;
let forOtherHost: Certificate;

beforeAll(() => {
  const maker = new CertificateMaker(allTests);
  good = maker.signed('IP:127.0.0.1');
  expired = maker.signed('IP:127.0.0.1', '20210101000000Z');
  forOtherHost = maker.signed('DNS:other.example.com');
});
afterAll(() => allTests.run());
afterEach(() => cleanup.run());

/** An HTTPS server that counts the requests it was sent, and a client for it. */
async function serverAndClient(server: ServerOptions, options: Partial<SoarClientOptions>) {
  const requests: unknown[] = [];
  const https = createServer(server, ({ headers }, response) => {
    requests.push(headers['ph-auth-token']);
    response.end('{"version":"1"}');
  });
  const { url } = await listen(https, cleanup, 'https');
  return { client: clientFor(cleanup, url, options), requests };
}

const REFUSED: [string, () => Certificate, ServerOptions, boolean][] = [
  ['a certificate from an unknown authority', () => good, {}, false],
  ['an expired certificate', () => expired, {}, true],
  ['a certificate for another host', () => forOtherHost, {}, true],
];

describe('TLS', () => {
  it('a certificate signed by the authority of the CA file is accepted', async () => {
    const { client, requests } = await serverAndClient(good, { caFile: good.caFile });
    await client.getVersion();
    expect(requests).toEqual(['test-token']);
  });

  it.each(REFUSED)('%s is refused and no request is sent', async (_what, certificate, more, trustsCa) => {
    const trust = trustsCa ? { caFile: certificate().caFile } : {};
    const { client, requests } = await serverAndClient({ ...certificate(), ...more }, trust);
    expect(await soarErrorOf(client.getVersion())).toMatchObject({ code: SOAR_ERROR_CODES.TLS, sent: false });
    expect(requests).toEqual([]);
  });

  it.each(REFUSED)('%s: the control, without verification, sends its token', async (_what, certificate, more) => {
    const { client, requests } = await serverAndClient({ ...certificate(), ...more }, { tlsVerify: false });
    await client.getVersion();
    expect(requests).toEqual(['test-token']);
  });

  it('TLS 1.1 is refused', async () => {
    const old = { ...good, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    const { client, requests } = await serverAndClient(old, { caFile: good.caFile });
    expect(await soarErrorOf(client.getVersion())).toMatchObject({ code: SOAR_ERROR_CODES.TLS, sent: false });
    expect(requests).toEqual([]);
  });

  it('verification switched off for one client stays on for the others', async () => {
    const lenient = await serverAndClient(good, { tlsVerify: false });
    await lenient.client.getVersion();
    const strict = await serverAndClient(good, {});
    expect(await soarErrorOf(strict.client.getVersion())).toMatchObject({ code: SOAR_ERROR_CODES.TLS });
  });
});
