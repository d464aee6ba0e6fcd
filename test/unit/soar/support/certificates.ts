import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cleanup } from './servers.js';

/** A key and the certificate for it, PEM; `caFile` is the authority that signed it. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
  readonly caFile: string;
}

interface Issue {
  readonly issuer: string;
  readonly name: string;
  readonly ext: string;
  readonly notAfter: string | undefined;
}

/** Makes certificates with the `openssl` program in a folder that the clean-up removes. */
export class CertificateMaker {
  private readonly folder = mkdtempSync(join(tmpdir(), 'soar-tls-'));

  constructor(cleanup: Cleanup) {
    cleanup.add(() => {
      rmSync(this.folder, { recursive: true });
      return Promise.resolve();
    });
    this.openssl(
      'req',
      '-x509',
      ...NEW_KEY,
      '-keyout',
      'ca.key',
      '-out',
      'ca.pem',
      '-days',
      '2',
      '-subj',
      '/CN=test authority',
    );
  }

  /** Signed by the test's own authority. `notAfter` as `YYYYMMDDhhmmssZ`. */
  signed(subjectAltName: string, notAfter?: string): Certificate {
    return this.issue({ issuer: 'ca', name: 'leaf', ext: `subjectAltName=${subjectAltName}\n`, notAfter });
  }

  /** An authority in the middle, under the test's own, that signs as `issuer`. */
  intermediate(name: string, notAfter?: string): Certificate {
    return this.issue({ issuer: 'ca', name, ext: 'basicConstraints=critical,CA:TRUE\n', notAfter });
  }

  /** Signed by what {@link intermediate}, or another {@link signedBy}, has made under this name. */
  signedBy(issuer: string, subjectAltName: string, notAfter?: string, name = 'leaf'): Certificate {
    return this.issue({ issuer, name, ext: `subjectAltName=${subjectAltName}\n`, notAfter });
  }

  /** Writes what a CA file has. */
  file(name: string, ...pems: readonly string[]): string {
    writeFileSync(this.path(name), pems.join(''));
    return this.path(name);
  }

  private issue({ issuer, name, ext, notAfter = '20990101000000Z' }: Issue): Certificate {
    writeFileSync(this.path('ext'), ext);
    writeFileSync(this.path('index'), '');
    writeFileSync(this.path('serial'), '01');
    writeFileSync(this.path('ca.cnf'), CA_CONFIG);
    this.openssl('req', ...NEW_KEY, '-keyout', `${name}.key`, '-out', 'leaf.csr', '-subj', `/CN=${name}`);
    this.openssl(
      'ca',
      '-batch',
      '-config',
      'ca.cnf',
      '-notext',
      '-startdate',
      '20200101000000Z',
      '-enddate',
      notAfter,
      '-extfile',
      'ext',
      '-cert',
      `${issuer}.pem`,
      '-keyfile',
      `${issuer}.key`,
      '-in',
      'leaf.csr',
      '-out',
      `${name}.pem`,
      '-outdir',
      '.',
    );
    return { key: this.read(`${name}.key`), cert: this.read(`${name}.pem`), caFile: this.path('ca.pem') };
  }

  private openssl(...args: string[]): void {
    execFileSync('openssl', args, { cwd: this.folder, stdio: 'pipe' });
  }

  private path(name: string): string {
    return join(this.folder, name);
  }

  private read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

const CA_CONFIG = `
[ca]
default_ca = test
[test]
database = index
serial = serial
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
`;
