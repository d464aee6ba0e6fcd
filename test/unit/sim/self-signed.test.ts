import { get } from 'node:https';
import { selfSignedCertificate, startSoarSim } from '../../../src/sim/index.js';

/** The status of a GET that trusts `ca` alone; rejects where the certificate does not hold. */
function statusOf(url: string, token: string, ca?: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const options = { agent: false, headers: { 'ph-auth-token': token }, ...(ca && { ca }) };
    get(`${url}/rest/version`, options, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject);
  });
}

test('a client that trusts the certificate gets through; one that does not, does not', async () => {
  const tls = await selfSignedCertificate();
  const sim = await startSoarSim({ tls });
  try {
    expect(sim.url).toBe(`https://127.0.0.1:${sim.port}`);
    expect(await statusOf(sim.url, sim.token, tls.cert)).toBe(200);
    await expect(statusOf(sim.url, sim.token)).rejects.toThrow('self-signed certificate');
  } finally {
    await sim.close();
  }
});

test('a missing openssl is named', async () => {
  await expect(selfSignedCertificate(undefined, 'no-such-openssl')).rejects.toThrow(/no-such-openssl is missing/);
});
