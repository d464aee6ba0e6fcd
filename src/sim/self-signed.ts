import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const DAYS = '30';

/** A key and its certificate, as PEM text: what `startSoarSim({ tls })` takes. The certificate is also the CA file that a client needs. */
export interface SelfSigned {
  readonly key: string;
  readonly cert: string;
}

/**
 * Makes a self-signed certificate for 30 days by the `openssl` program: Node can make keys, but no certificates. Rejects with an Error
 * that says so if the program is missing or fails.
 *
 * @param hosts names and addresses that the certificate is for
 * @param openssl the program to run
 */
export async function selfSignedCertificate(
  hosts: readonly string[] = ['localhost', '127.0.0.1', '::1'],
  openssl = 'openssl',
): Promise<SelfSigned> {
  const folder = await mkdtemp(join(tmpdir(), 'soar-sim-tls-'));
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  try {
    // Neither the current folder nor a token is the program's to see.
    const searchPath = (process.env['PATH'] ?? '').split(delimiter).filter((entry) => isAbsolute(entry));
    const env = { PATH: searchPath.join(delimiter), HOME: folder };
    await run(openssl, requestArguments(hosts, keyFile, certFile), { cwd: folder, env });
    const [key, cert] = await Promise.all([readFile(keyFile, 'utf8'), readFile(certFile, 'utf8')]);
    return { key, cert };
  } catch (cause) {
    throw new Error(`No self-signed certificate could be made: the program ${openssl} is missing or failed.`, {
      cause,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function requestArguments(hosts: readonly string[], keyFile: string, certFile: string): string[] {
  const names = hosts.map((host) => `${isIP(host) === 0 ? 'DNS' : 'IP'}:${host}`).join(',');
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile];
  const certificate = ['-x509', '-days', DAYS, '-subj', '/CN=soar-sim', '-addext', `subjectAltName=${names}`];
  return ['req', ...key, ...certificate, '-out', certFile];
}
