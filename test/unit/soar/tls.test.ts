import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { ServerOptions } from 'node:https';
import { SOAR_ERROR_CODES } from '../../../src/model/error-codes.js';
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

/** OpenSSL's own words for what it did not accept, and Node's for a wrong name. */
const REFUSED_BY = /\((UNABLE_TO_|CERT_|INVALID_|ERR_TLS_CERT_)\w+\)$/;

describe('a CA file that has no root', () => {
  let maker: CertificateMaker;
  let middle: Certificate;
  let leaf: Certificate;
  let elsewhere: Certificate;
  let below: Certificate;
  let impostor: Certificate;
  beforeAll(() => {
    maker = new CertificateMaker(allTests);
    middle = maker.intermediate('middle');
    leaf = maker.signedBy('middle', 'IP:127.0.0.1');
    elsewhere = maker.signedBy('middle', 'DNS:other.example.com', undefined, 'elsewhere');
    below = maker.signedBy('leaf', 'IP:127.0.0.1', undefined, 'below');
    impostor = maker.signedBy('middle', 'IP:127.0.0.1');
  });

  /** SOAR shows its certificate, and those behind it. */
  const shows = (own: Certificate, ...behind: readonly Certificate[]): ServerOptions => ({
    key: own.key,
    cert: [own, ...behind].map(({ cert }) => cert).join(''),
  });

  it.each<[what: string, server: () => ServerOptions, trusted: () => string]>([
    ['the authority in the middle', () => shows(leaf, middle), () => middle.cert],
    ['the same, which SOAR does not show', () => shows(leaf), () => middle.cert],
    ['SOAR’s own certificate', () => shows(leaf, middle), () => leaf.cert],
    ['the same, which alone SOAR shows', () => shows(leaf), () => leaf.cert],
    ['both', () => shows(leaf, middle), () => leaf.cert + middle.cert],
    [
      'all of it, with the root',
      () => shows(leaf, middle),
      () => leaf.cert + middle.cert + readFileSync(middle.caFile, 'utf8'),
    ],
  ])('is taken, as curl takes it: %s', async (_what, server, trusted) => {
    const caFile = maker.file('trusted.pem', trusted());
    const { client, requests } = await serverAndClient(server(), { caFile });
    await client.getVersion();
    expect(requests).toEqual(['test-token']);
  });

  it.each<[what: string, server: () => ServerOptions, trusted: () => string]>([
    ['another host', () => shows(elsewhere, middle), () => middle.cert],
    ['another host, whose own certificate is in it', () => shows(elsewhere), () => elsewhere.cert],
    [
      'an expired certificate',
      () => shows(maker.signedBy('middle', 'IP:127.0.0.1', '20210101000000Z'), middle),
      () => middle.cert,
    ],
    ['another authority in the middle', () => shows(leaf, middle), () => maker.intermediate('neighbour').cert],
    ['the same name with another key', () => shows(impostor), () => leaf.cert],
    ['one that the trusted certificate has signed, which is no authority', () => shows(below, leaf), () => leaf.cert],
  ])('does not weaken anything: refused is %s', async (_what, server, trusted) => {
    const caFile = maker.file('trusted.pem', trusted());
    const { client, requests } = await serverAndClient(server(), { caFile });
    const error = await soarErrorOf(client.getVersion());
    expect([error.sent, error.message]).toEqual([false, expect.stringMatching(REFUSED_BY)]);
    expect(requests).toEqual([]);
  });

  it.each([['middle'], ['own']])('does not outlive what it trusts: an expired %s is refused', async (which) => {
    const old = maker.intermediate('old', '20210101000000Z');
    const own = maker.signedBy('old', 'IP:127.0.0.1', which === 'own' ? '20210101000000Z' : undefined, 'of-old');
    const caFile = maker.file('trusted.pem', which === 'own' ? own.cert : old.cert);
    const { client, requests } = await serverAndClient(shows(own, old), { caFile });
    const error = await soarErrorOf(client.getVersion());
    expect(error.message).toContain('CERT_HAS_EXPIRED');
    expect(requests).toEqual([]);
  });
});
