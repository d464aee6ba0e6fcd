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
  signed(subjectAltName: string, notAfter = '20990101000000Z'): Certificate {
    writeFileSync(this.path('ext'), `subjectAltName=${subjectAltName}\n`);
    writeFileSync(this.path('index'), '');
    writeFileSync(this.path('serial'), '01');
    writeFileSync(this.path('ca.cnf'), CA_CONFIG);
    this.openssl('req', ...NEW_KEY, '-keyout', 'leaf.key', '-out', 'leaf.csr', '-subj', '/CN=leaf');
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
      'ca.pem',
      '-keyfile',
      'ca.key',
      '-in',
      'leaf.csr',
      '-out',
      'leaf.pem',
      '-outdir',
      '.',
    );
    return { key: this.read('leaf.key'), cert: this.read('leaf.pem'), caFile: this.path('ca.pem') };
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
