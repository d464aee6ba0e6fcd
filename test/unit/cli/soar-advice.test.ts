import { exec } from 'node:child_process';
import { createServer } from 'node:https';
import { promisify } from 'node:util';
import { explain } from '../../../src/cli/explain-errors.js';
import { soarAdvice } from '../../../src/cli/soar-advice.js';
import { CertificateMaker } from '../soar/support/certificates.js';
import type { Certificate } from '../soar/support/certificates.js';
import { soarErrorOf } from '../soar/support/rejection.js';
import { Cleanup, clientFor, listen } from '../soar/support/servers.js';

const cleanup = new Cleanup();
const allTests = new Cleanup();
let maker: CertificateMaker;
let stranger: Certificate;
beforeAll(() => {
  maker = new CertificateMaker(allTests);
  stranger = new CertificateMaker(allTests).signed('IP:127.0.0.1');
});
afterEach(() => cleanup.run());
afterAll(() => allTests.run());

/** A SOAR with this certificate, what is said without the file of it, and a call that trusts `caFile`. */
async function soarWith({ key, cert }: Pick<Certificate, 'key' | 'cert'>) {
  const https = createServer({ key, cert }, (_request, response) => response.end('{"version":"1"}'));
  const { url } = await listen(https, cleanup, 'https');
  const call = (caFile?: string) => clientFor(cleanup, url, { caFile }).getVersion();
  const errorWith = (caFile?: string) => soarErrorOf(call(caFile));
  const said = async (caFile?: string) => {
    const environment = { SOAR_BASE_URL: url, ...(caFile === undefined ? {} : { SOAR_CA_FILE: caFile }) };
    return explain(await errorWith(caFile), environment).text ?? '';
  };
  return { call, errorWith, said, url };
}

describe('the advice about a certificate of SOAR that is refused', () => {
  it('is to set SOAR_CA_FILE where it is not set, and is right', async () => {
    const own = maker.signed('IP:127.0.0.1');
    const { said, call } = await soarWith(own);
    expect(await said()).toMatch(/Then name its PEM file in SOAR_CA_FILE\.$/);
    await expect(call(own.caFile)).resolves.toMatchObject({ version: '1' });
  });

  it('is what to put there where it is set, and is right', async () => {
    const { said, call } = await soarWith(maker.signed('IP:127.0.0.1'));
    const text = await said(stranger.caFile);
    expect(text).not.toMatch(/name its PEM file/);
    const [, command = ''] = /(openssl s_client .*<\/dev\/null)/.exec(text) ?? [];
    const { stdout: shown } = await promisify(exec)(command);
    const [own = ''] = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/.exec(shown) ?? [];
    await expect(call(maker.file('shown.pem', own))).resolves.toMatchObject({ version: '1' });
  });

  it('names the Node that can, where this one trusts roots alone', async () => {
    const { errorWith, url } = await soarWith(maker.signed('IP:127.0.0.1'));
    const error = await errorWith(stranger.caFile);
    const environment = { SOAR_BASE_URL: url, SOAR_CA_FILE: stranger.caFile };
    for (const old of ['20.3.0', '20.17.0', '21.7.3', '22.8.0'])
      expect(soarAdvice(error, environment, old)).toContain(`Node ${old} trusts roots alone: put the root there`);
    for (const young of ['20.18.0', '22.9.0', '24.0.0'])
      expect(soarAdvice(error, environment, young)).toMatch(/openssl s_client/);
  });

  it.each([
    ['the name, if it is for another', 'DNS:other.example.com', undefined, /Check SOAR_BASE_URL: .* another name/],
    ['the dates, if it has expired', 'IP:127.0.0.1', '20210101000000Z', /not valid today: renew it/],
  ])('is about %s', async (_what, subject, notAfter, says) => {
    const own = maker.signed(subject, notAfter);
    const { said } = await soarWith(own);
    expect(await said(own.caFile)).toMatch(says);
  });
});
