import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { explain } from '../../../src/cli/explain-errors.js';
import { ConfigError, readConfig } from '../../../src/config/read-config.js';
import type { Config } from '../../../src/config/read-config.js';
import { settingsSchema } from '../../../src/config/settings.js';
import { selfSignedCertificate } from '../../../src/sim/index.js';
import { createSoarClient } from '../../../src/soar/client.js';

type Environment = Readonly<Record<string, string>>;

const folder = mkdtempSync(path.join(tmpdir(), 'soar-settings-'));
const at = (name: string): string => path.join(folder, name);
const BASE = { SOAR_BASE_URL: 'https://soar.example.com' };
const RIGHT = { ...BASE, SOAR_AUTH_TOKEN: 'canary-token' };

beforeAll(async () => {
  const { cert } = await selfSignedCertificate(['localhost']);
  const der = Buffer.from(cert.replace(/-----[^-]+-----/g, ''), 'base64');
  const files: Record<string, string | Buffer> = {
    empty: '',
    'text.pem': 'certificates go here',
    'der.cer': der,
    token: ' canary-token\n',
    'two-lines': 'canary\ntoken\n',
    blanks: ' \n',
    umlaut: 'canarü\n',
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content);
  // A pipe, as `<(pass show soar)` makes it in a shell.
  execFileSync('mkfifo', [at('pipe')]);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** A setting, what is wrong with it, the environment that it is wrong in, what is said, and what is right instead. */
type Wrong = readonly [setting: string, what: string, wrong: Environment, says: RegExp, advised: Environment];

const byUser = (name: string, password: string): Environment => ({
  ...BASE,
  SOAR_USERNAME: name,
  SOAR_PASSWORD: password,
});
const byFile = (name: string): Environment => ({ ...BASE, SOAR_AUTH_TOKEN_FILE: at(name) });
const of = (name: string, wrong: string, says: RegExp, right: string, what = wrong): Wrong => [
  name,
  what,
  { ...RIGHT, [name]: wrong },
  says,
  { ...RIGHT, [name]: right },
];
const oneUrl = (what: string, wrong: string, says: RegExp): Wrong =>
  of('SOAR_BASE_URL', wrong, says, 'https://soar.example.com', what);

const TABLE: readonly Wrong[] = [
  ['SOAR_BASE_URL', 'absent', { SOAR_AUTH_TOKEN: 't' }, /must be set, to an address/, RIGHT],
  oneUrl('blank', ' ', /must be set/),
  oneUrl('without a scheme', 'canary.example', /must be an address such as https:/),
  oneUrl('of another scheme', 'ftp://canary.example', /must be an address/),
  oneUrl('with a port that is none', 'https://canary.example:99999', /must be an address/),
  oneUrl('with a user', 'https://canary@soar.example.com', /must not carry a user or a password; use SOAR_USERNAME/),
  oneUrl('with a query', 'https://soar.example.com/?token=canary', /must have no \? and no #/),
  oneUrl('with an empty query', 'https://soar.example.com/canary?', /must have no \? and no #/),
  oneUrl('with a fragment', 'https://soar.example.com/#canary', /must have no \? and no #/),
  oneUrl('as a browser shows it', 'https://soar.example.com/mission/1/analyst/#/canary', /must have no \? and no #/),
  oneUrl('with an empty fragment', 'https://soar.example.com#', /must have no \? and no #/),
  oneUrl('with /rest', 'https://soar.example.com/canary/rest/', /without \/rest/),
  ['SOAR_AUTH_TOKEN', 'absent', BASE, /must be set \(or SOAR_AUTH_TOKEN_FILE, or/, RIGHT],
  of('SOAR_AUTH_TOKEN', 'canary\ntoken', /must be the token as SOAR shows it/, 'token', 'of two lines'),
  of('SOAR_AUTH_TOKEN', 'canary ', /must be the token as SOAR shows it/, 'token', 'with a blank'),
  of('SOAR_AUTH_TOKEN', 'canarü', /must be the token as SOAR shows it/, 'token', 'with an umlaut'),
  ['SOAR_AUTH_TOKEN', 'beside its file', { ...RIGHT, SOAR_AUTH_TOKEN_FILE: 'f' }, /exclude each other: set one/, RIGHT],
  ['SOAR_AUTH_TOKEN_FILE', 'not there', byFile('no'), /must name a file that can be read/, byFile('token')],
  ['SOAR_AUTH_TOKEN_FILE', 'a folder', byFile('.'), /must name a file that can be read/, byFile('token')],
  ['SOAR_AUTH_TOKEN_FILE', 'empty', byFile('empty'), /must name a file with the token alone/, byFile('token')],
  ['SOAR_AUTH_TOKEN_FILE', 'of blanks', byFile('blanks'), /must name a file with the token alone/, byFile('token')],
  ['SOAR_AUTH_TOKEN_FILE', 'of two lines', byFile('two-lines'), /the token alone/, byFile('token')],
  ['SOAR_AUTH_TOKEN_FILE', 'with an umlaut', byFile('umlaut'), /the token alone/, byFile('token')],
  ['SOAR_AUTH_TOKEN_FILE', 'binary', byFile('der.cer'), /the token alone/, byFile('token')],
  ['SOAR_USERNAME', 'alone', { ...BASE, SOAR_USERNAME: 'canary' }, /and SOAR_PASSWORD go together/, byUser('u', 'p')],
  ['SOAR_USERNAME', 'with a colon', byUser('canary:x', 'p'), /must be a name without a colon/, byUser('u', 'p')],
  ['SOAR_USERNAME', 'beside a token', { ...RIGHT, ...byUser('u', 'p') }, /exclude each other: set one/, RIGHT],
  ['SOAR_PASSWORD', 'alone', { ...BASE, SOAR_PASSWORD: 'canary' }, /SOAR_PASSWORD go together/, byUser('u', 'p')],
  of('SOAR_CA_FILE', at('no'), /must name a file that can be read/, '', 'not there'),
  of('SOAR_CA_FILE', folder, /must name a file that can be read/, '', 'a folder'),
  of('SOAR_CA_FILE', at('empty'), /must name a PEM file that has certificates/, '', 'empty'),
  of('SOAR_CA_FILE', at('text.pem'), /must name a PEM file that has certificates/, '', 'a text'),
  of('SOAR_CA_FILE', at('der.cer'), /openssl x509 -inform der/, '', 'binary, as Windows exports it'),
  of('SOAR_TLS_VERIFY', 'canary', /must be true or false/, 'true'),
  of('SOAR_TLS_VERIFY', '0', /must be true or false/, 'false'),
  of('SOAR_MAX_CONNECTIONS', '0', /must be a positive whole number/, '1'),
  of('SOAR_MAX_CONNECTIONS', '1e3', /must be a positive whole number/, '1000'),
  of('SOAR_MAX_CONNECTIONS', '9999999999', /must be a positive whole number/, '32'),
  of('SOAR_MAX_REQUESTS_PER_SECOND', '0.5', /must be a positive whole number/, '1'),
  of('SOAR_MAX_REQUESTS_PER_SECOND', 'canary', /must be a positive whole number/, '1'),
  of('SOAR_ORPHANS', 'canary', /must be cancel, report or off/, 'report'),
  of('HTTPS_PROXY', 'canary:3128', /must be the address of a proxy, such as/, 'http://proxy.example.com:3128'),
  of('HTTPS_PROXY', 'http://u:%canary@proxy', /must write a % in a user or a password as %25/, 'http://u:%25c@proxy'),
  of('HTTPS_PROXY', 'http://proxy/canary', /must be the address of a proxy alone/, 'http://proxy/'),
  of('https_proxy', 'canary:3128', /HTTPS_PROXY must be the address of a proxy/, 'http://proxy.example.com:3128'),
  of('HTTP_PROXY', 'ftp://canary', /must be the address of a proxy/, 'socks5://proxy.example.com:1080'),
  of('HTTP_PROXY', 'http://%canary:p@proxy', /must write a % in a user or a password as %25/, 'http://u:p@proxy'),
  of('TEMPORAL_TASK_QUEUE', 'canary'.repeat(200), /must have at most 1000 bytes/, 'night', 'too long'),
  of('LOG_LEVEL', 'canary', /must be debug, info, warn or error/, 'warn'),
];

/** What a start makes of its settings; a client of SOAR opens no connection before its first call. */
async function start(environment: Environment): Promise<Config> {
  const config = readConfig(environment);
  await withVariables(environment, () => createSoarClient(config.soar).close());
  return config;
}

/** The proxies' variables are read by the HTTP library itself. */
async function withVariables<T>(environment: Environment, use: () => Promise<T>): Promise<T> {
  const before = process.env;
  const proxies = Object.entries(environment).filter(([name]) => /proxy$/i.test(name));
  process.env = { ...before, ...Object.fromEntries(proxies) };
  try {
    return await use();
  } finally {
    process.env = before;
  }
}

async function said(environment: Environment): Promise<string> {
  const error: unknown = await start(environment).then(
    () => new Error('the settings were taken'),
    (reason: unknown) => reason,
  );
  return explain(error, environment).text ?? '';
}

describe('a wrong setting', () => {
  it.each(TABLE)('is named, with what is right: %s %s', async (setting, _what, wrong, says) => {
    const text = await said(wrong);
    expect(text).toMatch(says);
    expect(text).toContain(setting.toUpperCase());
    expect(text).toMatch(/^[^\n]+\.$/);
    expect(text).not.toMatch(/canar|fault of soar-runner|^ {4}at /m);
  });

  it.each(TABLE)('is taken once it is as was said: %s %s', async (_setting, _what, _wrong, _says, advised) => {
    await expect(start(advised)).resolves.toMatchObject({ soar: BASE_URL });
  });

  it('is tried of each setting, but of what can be anything', () => {
    const tried = new Set(TABLE.map(([setting]) => setting));
    expect(Object.keys(settingsSchema.shape).filter((name) => !tried.has(name))).toEqual(['NO_PROXY']);
  });
});

const BASE_URL = { baseUrl: 'https://soar.example.com' };

describe('a setting with blanks around it', () => {
  it.each(
    Object.entries({
      SOAR_BASE_URL: 'https://soar.example.com',
      SOAR_TLS_VERIFY: 'false',
      SOAR_MAX_CONNECTIONS: '7',
      SOAR_MAX_REQUESTS_PER_SECOND: '5',
      SOAR_ORPHANS: 'report',
      TEMPORAL_TASK_QUEUE: 'night',
      LOG_LEVEL: 'warn',
    }),
  )('is what stands between them: %s', (name, value) => {
    expect(readConfig({ ...RIGHT, [name]: ` ${value}\r\n` })).toEqual(readConfig({ ...RIGHT, [name]: value }));
  });

  it('is kept as it is where it is a secret of somebody’s own', () => {
    expect(readConfig(byUser('u', ' p ')).soar.auth).toEqual({ username: 'u', password: ' p ' });
  });
});

it('a token that comes through a pipe is left for the client to read', () => {
  expect(readConfig(byFile('pipe')).soar.auth).toEqual({ tokenFile: at('pipe') });
});

it('of the two spellings of a proxy the one counts that the HTTP library takes', async () => {
  const right = 'http://proxy.example.com:3128';
  await expect(start({ ...RIGHT, https_proxy: right, HTTPS_PROXY: 'canary' })).resolves.toBeDefined();
  expect(await said({ ...RIGHT, HTTPS_PROXY: right, https_proxy: 'canary' })).toMatch(/^HTTPS_PROXY must/);
});

/** Spellings that break URLs, headers and numbers, in any order. */
const piece = fc.oneof(
  fc.string({ maxLength: 6, unit: 'binary' }),
  fc.constantFrom('https://', 'http://', 'soar.example.com', ':', '@', '%', '#', '?', '/', '\\', '\n', '[', '::1', '1'),
);
const value = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('').replaceAll('\0', ''));
const NAMES = Object.keys(settingsSchema.shape);

it('whatever the settings are, they are refused by their names or make a client', async () => {
  const settings = fc.dictionary(fc.constantFrom(...NAMES), value, { maxKeys: 4 });
  await fc.assert(
    fc.asyncProperty(settings, async (some) => {
      const error: unknown = await start({ ...RIGHT, ...some }).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (error !== undefined) expect(error).toBeInstanceOf(ConfigError);
    }),
    { numRuns: 3_000 },
  );
});
