import { inspect } from 'node:util';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SoarAuth } from '../../../src/soar/http/auth.js';
import { sample } from '../contracts/soar/samples.js';
import { soarErrorOf } from './support/rejection.js';
import { Cleanup, clientFor, closedPort, serveHttp } from './support/servers.js';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

const CANARY = 'canary-5c1d7e';
const BASIC = Buffer.from(`ann:${CANARY}`).toString('base64');
const SECRETS = new RegExp(`${CANARY}|${BASIC}|sample-api-key`);
const AUTHS: [string, SoarAuth][] = [
  ['a token', { token: CANARY }],
  ['a password', { username: 'ann', password: CANARY }],
];

/** Each character of it as `write` writes its hexadecimal digits. */
function escapedEach(secret: string, write: (hex: string) => string): string {
  return Array.from(secret, (character) => write(character.charCodeAt(0).toString(16))).join('');
}

/** Everything about an error that a log, a history or a screen could show. */
function everythingOf(error: Error): string {
  return [error.message, error.stack, JSON.stringify(error), inspect(error, { depth: null, showHidden: true })].join(
    '\n',
  );
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Servers that try to bring the secret back to where it may be shown. */
const SPITEFUL: [string, Answer][] = [
  [
    'repeats the headers in its message',
    ({ headers }, response) => response.end(JSON.stringify({ failed: true, message: JSON.stringify(headers) })),
  ],
  [
    'repeats the headers in an error page',
    ({ headers }, response) => response.writeHead(400).end(`<pre>${JSON.stringify(headers)}</pre>`),
  ],
  [
    'repeats the headers where a number is due',
    ({ headers }, response) => response.end(JSON.stringify({ id: headers, status: headers, version: headers })),
  ],
  [
    'repeats the headers escaped for a URL',
    ({ headers }, response) =>
      response.end(JSON.stringify({ failed: true, message: encodeURIComponent(JSON.stringify(headers)) })),
  ],
  [
    'redirects to an address with the secret',
    (_request, response) => response.writeHead(302, { location: `http://x/?t=${CANARY}` }).end(),
  ],
  [
    'cuts its answer',
    (_request, response) => response.writeHead(200, { 'content-length': 1_000 }).write(CANARY) && response.destroy(),
  ],
  [
    'sends the asset with its key in the wrong place',
    (_request, response) => response.end(JSON.stringify([sample('approval-detail-approvals')])),
  ],
];

describe.each(AUTHS)('%s', (_what, auth) => {
  it.each(SPITEFUL)('is nowhere in the error when SOAR %s', async (_how, answer) => {
    const server = await serveHttp(cleanup, answer);
    const error = await soarErrorOf(clientFor(cleanup, server.url, { auth }).getActionRun(21));
    expect(everythingOf(error)).not.toMatch(SECRETS);
  });

  it.each([
    ['as it is', (secret: string) => secret],
    ['in base64', (secret: string) => Buffer.from(secret).toString('base64')],
    ['in hexadecimal digits', (secret: string) => Buffer.from(secret).toString('hex')],
    ['in large hexadecimal digits', (secret: string) => Buffer.from(secret).toString('hex').toUpperCase()],
    ['for a URL', (secret: string) => encodeURIComponent(secret)],
    ['with every character escaped for a URL', (secret: string) => escapedEach(secret, (hex) => `%${hex}`)],
    ['with every character escaped for HTML', (secret: string) => escapedEach(secret, (hex) => `&#x${hex};`)],
  ])('is nowhere in a good answer that repeats it %s', async (_how, spell) => {
    const server = await serveHttp(cleanup, (_request, response) => {
      response.end(
        JSON.stringify({ id: 1, status: 'running', message: `x ${spell(CANARY)} y`, note: [spell(CANARY)] }),
      );
    });
    const run = await clientFor(cleanup, server.url, { auth }).getActionRun(1);
    expect(run.message).toBe('x [redacted] y');
    expect(JSON.stringify(run)).not.toContain(spell(CANARY));
  });

  it.each(['', 'x', ':', 'ab', 'user:', 'Bearer '])(
    'is nowhere in a good answer that has it in base64 behind %j',
    async (before) => {
      const encoded = Buffer.from(`${before}${CANARY}!`).toString('base64');
      const server = await serveHttp(cleanup, (_request, response) => {
        response.end(JSON.stringify({ id: 1, status: 'running', message: encoded, note: { [encoded]: 1 } }));
      });
      const shown = JSON.stringify(await clientFor(cleanup, server.url, { auth }).getActionRun(1));
      const pieces = shown.match(/[\w+/=-]{4,}/g) ?? [];
      expect(pieces.filter((piece) => Buffer.from(piece, 'base64').toString().includes('canary'))).toEqual([]);
      expect(shown).not.toContain(encoded.slice(4, -4));
    },
  );

  it('is nowhere in a good answer that spells it with escapes', async () => {
    const escaped = Array.from(CANARY, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`).join('');
    const server = await serveHttp(cleanup, (_request, response) => {
      response.end(`{"id": 1, "status": "running", "message": "${escaped}"}`);
    });
    expect((await clientFor(cleanup, server.url, { auth }).getActionRun(1)).message).toBe('[redacted]');
  });

  it('is nowhere in the answer when SOAR repeats the credentials as the name of a field', async () => {
    const server = await serveHttp(cleanup, ({ headers }, response) => {
      const parameters = { [String(headers['ph-auth-token'] ?? headers.authorization)]: { required: true } };
      response.end(JSON.stringify({ count: 1, num_pages: 1, data: [{ id: 1, action: 'x', app: 1, parameters }] }));
    });
    const { data } = await clientFor(cleanup, server.url, { auth }).listAppActions();
    expect(JSON.stringify(data)).toContain('[redacted]');
    expect(JSON.stringify(data)).not.toMatch(SECRETS);
  });

  it('is nowhere in the error when no connection is made', async () => {
    const client = clientFor(cleanup, `http://127.0.0.1:${await closedPort()}`, { auth });
    const error = await soarErrorOf(client.listActionRuns({ filters: { name: CANARY } }));
    expect(everythingOf(error)).not.toMatch(SECRETS);
  });

  it('is nowhere in the client itself', () => {
    const client = clientFor(cleanup, 'http://127.0.0.1:1', { auth });
    expect(inspect(client, { depth: null, showHidden: true })).not.toMatch(SECRETS);
  });
});

it('the control, an error that repeats what SOAR said, shows the token', async () => {
  const server = await serveHttp(cleanup, ({ headers }, response) => response.end(JSON.stringify(headers)));
  const answer = await fetch(server.url, { headers: { 'ph-auth-token': CANARY } });
  expect(everythingOf(new Error(await answer.text()))).toMatch(SECRETS);
});
