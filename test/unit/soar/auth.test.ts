import { mkdtemp, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SOAR_ERROR_CODES } from '../../../src/model/error-codes.js';
import type { SoarAuth } from '../../../src/soar/http/auth.js';
import { soarErrorOf } from './support/rejection.js';
import { Cleanup, clientFor, serveHttp } from './support/servers.js';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

/** A client, and the credentials of every request it made. */
async function clientAndCredentials(auth: SoarAuth) {
  const seen: unknown[] = [];
  const server = await serveHttp(cleanup, ({ headers }, response) => {
    seen.push(headers['ph-auth-token'] ?? headers.authorization);
    response.end('{"version":"1"}');
  });
  return { client: clientFor(cleanup, server.url, { auth }), seen };
}

async function tokenFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'soar-auth-'));
  cleanup.add(() => rm(folder, { recursive: true }));
  return join(folder, 'token');
}

describe('credentials', () => {
  it('a token goes in its own header', async () => {
    const { client, seen } = await clientAndCredentials({ token: 'abc=' });
    await client.getVersion();
    expect(seen).toEqual(['abc=']);
  });

  it('user and password go by HTTP Basic in UTF-8; an empty user carries a token', async () => {
    const { client, seen } = await clientAndCredentials({ username: '', password: 'pä:ss' });
    await client.getVersion();
    expect(seen).toEqual([`Basic ${Buffer.from(':pä:ss').toString('base64')}`]);
  });

  it('a token file is read again once it has changed', async () => {
    const path = await tokenFile();
    await writeFile(path, 'first\n');
    const { client, seen } = await clientAndCredentials({ tokenFile: path });
    await client.getVersion();
    await writeFile(`${path}.new`, 'second\n');
    await rename(`${path}.new`, path);
    await client.getVersion();
    expect(seen).toEqual(['first', 'second']);
  });

  it('a token file that is gone or empty in the middle of a rotation leaves the last token in use', async () => {
    const path = await tokenFile();
    await writeFile(path, 'first');
    const { client, seen } = await clientAndCredentials({ tokenFile: path });
    await client.getVersion();
    await writeFile(path, '');
    await client.getVersion();
    await unlink(path);
    await client.getVersion();
    expect(seen).toEqual(['first', 'first', 'first']);
  });

  it('without any token nothing is sent', async () => {
    const { client, seen } = await clientAndCredentials({ tokenFile: await tokenFile() });
    expect(await soarErrorOf(client.getVersion())).toMatchObject({ code: SOAR_ERROR_CODES.UNAUTHORIZED, sent: false });
    expect(seen).toEqual([]);
  });
});
