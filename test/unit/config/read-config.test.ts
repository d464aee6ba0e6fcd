import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigError, readConfig, warningsOf } from '../../../src/config/read-config.js';
import { settingsSchema } from '../../../src/config/settings.js';
import { selfSignedCertificate } from '../../../src/sim/index.js';

const URL = 'https://soar.example.com';
const TOKEN = { SOAR_BASE_URL: URL, SOAR_AUTH_TOKEN: 'canary-token' };

const folder = mkdtempSync(path.join(tmpdir(), 'soar-config-'));
const caFile = path.join(folder, 'ca.pem');
const tokenFile = path.join(folder, 'token');
let pem = { cert: '', key: '' };
beforeAll(async () => {
  writeFileSync(tokenFile, 'canary-token\n');
  pem = await selfSignedCertificate(['localhost']);
  writeFileSync(caFile, `our authority\n${pem.cert}${pem.cert}`);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The sentences that a configuration is refused with. */
function problemsOf(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('the configuration', () => {
  it('needs an address and a token, and has a default for everything else', () => {
    expect(readConfig(TOKEN)).toMatchObject({
      soar: { baseUrl: URL, auth: { token: 'canary-token' }, caFile: undefined, tlsVerify: true, maxConnections: 32 },
      taskQueue: 'soar-runner',
      logLevel: 'info',
    });
  });

  it('takes every variable', () => {
    const environment = {
      ...TOKEN,
      SOAR_CA_FILE: caFile,
      SOAR_TLS_VERIFY: 'false',
      SOAR_MAX_CONNECTIONS: '7',
      TEMPORAL_TASK_QUEUE: 'night',
      LOG_LEVEL: 'debug',
    };
    expect(readConfig(environment)).toMatchObject({
      soar: { caFile, tlsVerify: false, maxConnections: 7 },
      taskQueue: 'night',
      logLevel: 'debug',
    });
  });

  it('cannot be changed once it is read', () => {
    expect(Object.isFrozen(readConfig(TOKEN))).toBe(true);
  });

  it('takes an empty variable for one that is absent', () => {
    const empty = Object.fromEntries(Object.keys(settingsSchema.shape).map((name) => [name, ' ']));
    expect(readConfig({ ...empty, ...TOKEN })).toEqual(readConfig(TOKEN));
  });

  it('names every variable that is missing or wrong, not only the first', () => {
    const problems = problemsOf({ SOAR_TLS_VERIFY: 'no', LOG_LEVEL: 'loud' });
    expect(problems.map((problem) => problem.split(' ', 1)[0])).toEqual([
      'SOAR_BASE_URL',
      'SOAR_TLS_VERIFY',
      'LOG_LEVEL',
      'SOAR_AUTH_TOKEN',
    ]);
    expect(problems.join('\n')).toBe(new ConfigError(problems).message);
  });
});

describe('the ways of proving oneself to SOAR', () => {
  const BASE = { SOAR_BASE_URL: URL };

  it.each([
    ['a token', { SOAR_AUTH_TOKEN: 't' }, { token: 't' }],
    ['a file with the token', { SOAR_AUTH_TOKEN_FILE: tokenFile }, { tokenFile }],
    ['a user and a password', { SOAR_USERNAME: 'u', SOAR_PASSWORD: 'p' }, { username: 'u', password: 'p' }],
  ])('are %s', (_what, variables, auth) => {
    expect(readConfig({ ...BASE, ...variables }).soar.auth).toEqual(auth);
  });

  it.each([
    ['none', {}, /^SOAR_AUTH_TOKEN must be set/],
    ['a user alone', { SOAR_USERNAME: 'u' }, /^SOAR_USERNAME and SOAR_PASSWORD go together/],
    ['a password alone', { SOAR_PASSWORD: 'p' }, /^SOAR_USERNAME and SOAR_PASSWORD go together/],
    ['a token and its file', { SOAR_AUTH_TOKEN: 't', SOAR_AUTH_TOKEN_FILE: 'f' }, /exclude each other/],
    ['a token and a user', { SOAR_AUTH_TOKEN: 't', SOAR_USERNAME: 'u', SOAR_PASSWORD: 'p' }, /exclude each other/],
    ['a token and half a user', { SOAR_AUTH_TOKEN: 't', SOAR_PASSWORD: 'p' }, /exclude each other/],
  ])('are not %s', (_what, variables, says) => {
    const problems = problemsOf({ ...BASE, ...variables });
    expect(problems).toEqual([expect.stringMatching(says)]);
  });
});

describe('a wrong value', () => {
  const WRONG: readonly [name: string, value: string][] = [
    ['SOAR_BASE_URL', 'soar.canary.example'],
    ['SOAR_BASE_URL', 'ftp://canary.example'],
    ['SOAR_BASE_URL', 'https://canary:canary@soar.example.com'],
    ['SOAR_BASE_URL', 'https://canary.example/rest'],
    ['SOAR_BASE_URL', 'https://canary.example/soar/rest//'],
    ['SOAR_CA_FILE', '/canary/ca.pem'],
    ['SOAR_AUTH_TOKEN', 'canary\n'],
    ['SOAR_AUTH_TOKEN', 'canary…'],
    ['HTTPS_PROXY', 'canary:3128'],
    ['HTTP_PROXY', 'ftp://user:canary@proxy'],
    ['SOAR_TLS_VERIFY', 'canary'],
    ['SOAR_TLS_VERIFY', 'TRUE canary'],
    ['SOAR_MAX_CONNECTIONS', '0'],
    ['SOAR_MAX_CONNECTIONS', '-1'],
    ['SOAR_MAX_CONNECTIONS', '1.5'],
    ['SOAR_MAX_CONNECTIONS', '1e3'],
    ['SOAR_MAX_CONNECTIONS', 'canary'],
    ['LOG_LEVEL', 'canary'],
  ];

  it.each(WRONG)('of %s is refused by the name of the variable: %s', (name, value) => {
    const problems = problemsOf({ ...TOKEN, [name]: value });
    expect(problems).toEqual([expect.stringMatching(new RegExp(`^${name} must .*\\.$`))]);
  });

  it.each(WRONG)('of %s is repeated nowhere: %s', (name, value) => {
    const secrets = { SOAR_AUTH_TOKEN: 'canary-token', SOAR_PASSWORD: 'canary-password' };
    expect(problemsOf({ SOAR_BASE_URL: URL, ...secrets, [name]: value }).join('\n')).not.toContain('canary');
  });
});

describe('a CA file', () => {
  it.each<[what: string, content: () => string, says: string]>([
    ['is empty', () => '', 'this one has none'],
    ['is a text', () => 'certificates go here', 'this one has none'],
    ['has the key alone', () => pem.key, 'this one has none'],
    ['is cut off', () => pem.cert.slice(0, 200), 'this one has none'],
    ['has no certificate between its lines', () => pem.cert.replace(/\nMI/g, '\nXX'), 'this one has none'],
    ['has one good and one broken', () => `${pem.cert}${pem.cert.replace(/\nMI/g, '\nXX')}`, 'this one has none'],
  ])('that %s is refused by name', (_what, content, says) => {
    writeFileSync(path.join(folder, 'bad.pem'), content());
    const problems = problemsOf({ ...TOKEN, SOAR_CA_FILE: path.join(folder, 'bad.pem') });
    expect(problems).toEqual([expect.stringMatching(new RegExp(`^SOAR_CA_FILE must name a PEM file .*${says}`))]);
  });

  it('that is a folder is refused by name', () => {
    const problems = problemsOf({ ...TOKEN, SOAR_CA_FILE: folder });
    expect(problems).toEqual(['SOAR_CA_FILE must name a file that can be read.']);
  });
});

describe('an unsafe way to SOAR', () => {
  it.each<[baseUrl: string, tlsVerify: string, warned: RegExp[]]>([
    ['https://soar.example.com', 'true', []],
    ['http://127.0.0.1:8088', 'true', []],
    ['http://127.9.9.9:8088', 'true', []],
    ['http://localhost:8088', 'true', []],
    ['http://[::1]:8088', 'true', []],
    ['http://soar.example.com', 'true', [/plain http:\/\/soar/]],
    ['http://127.0.0.1.example.com', 'true', [/plain http/]],
    ['http://localhost.example.com', 'true', [/plain http/]],
    ['https://soar.example.com', 'false', [/SOAR_TLS_VERIFY=false/]],
    ['http://soar.example.com', 'false', [/plain http/, /SOAR_TLS_VERIFY=false/]],
  ])('is said: %s with SOAR_TLS_VERIFY=%s', (baseUrl, tlsVerify, warned) => {
    const { soar } = readConfig({ ...TOKEN, SOAR_BASE_URL: baseUrl, SOAR_TLS_VERIFY: tlsVerify });
    expect(warningsOf(soar)).toEqual(warned.map((text): unknown => expect.stringMatching(text)));
  });
});
