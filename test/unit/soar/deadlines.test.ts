import type { Socket } from 'node:net';
import { request as plainRequest } from 'undici';
import { SOAR_ERROR_CODES } from '../../../src/model/error-codes.js';
import { soarErrorOf } from './support/rejection.js';
import { Cleanup, clientFor, serveTcp } from './support/servers.js';

const cleanup = new Cleanup();
afterEach(() => cleanup.run());

const DEADLINE_MS = 300;
const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n';

/** Writes one character of a text every 20 ms until the socket closes: each byte resets an idle clock. */
function drip(socket: Socket, text: string): void {
  let at = 0;
  const timer = setInterval(() => socket.write(text[at++ % text.length] ?? ''), 20);
  socket.on('close', () => {
    clearInterval(timer);
  });
}

const SLOW_SERVERS: [string, (socket: Socket) => void][] = [
  ['accepts and never answers', () => undefined],
  [
    'drips its headers',
    (socket) => {
      drip(socket, `${HEAD.slice(0, -2)}x-more: 1\r\n`.repeat(50));
    },
  ],
  [
    'drips its body',
    (socket) => {
      socket.write(HEAD);
      drip(socket, ' ');
    },
  ],
  [
    'stalls in the middle of its body',
    (socket) => {
      socket.write(`${HEAD}{"version":`);
    },
  ],
];

describe('a server that is slow on purpose', () => {
  it.each(SLOW_SERVERS)('%s: the deadline ends the call and the connection', async (_what, behave) => {
    const closed: Promise<unknown>[] = [];
    const server = await serveTcp(cleanup, (socket) =>
      socket.once('data', () => {
        closed.push(new Promise((resolve) => socket.on('close', resolve)));
        behave(socket);
      }),
    );
    const client = clientFor(cleanup, server.url, { timeoutMs: DEADLINE_MS });
    expect(await soarErrorOf(client.getVersion())).toMatchObject({ code: SOAR_ERROR_CODES.TIMEOUT, sent: true });
    expect(closed).toHaveLength(1);
    await Promise.all(closed);
  });

  it.each(SLOW_SERVERS)(
    '%s: the control, a client without a deadline, is still waiting by then',
    async (_what, behave) => {
      const server = await serveTcp(cleanup, (socket) =>
        socket.once('data', () => {
          behave(socket);
        }),
      );
      const outcome = plainRequest(server.url)
        .then(({ body }) => body.text())
        .then(
          () => 'ended',
          () => 'ended',
        );
      const client = clientFor(cleanup, server.url, { timeoutMs: 2 * DEADLINE_MS });
      const ours = client.getVersion().catch(() => 'our deadline');
      expect(await Promise.race([outcome, ours])).toBe('our deadline');
    },
  );

  it('the deadline of a single call goes before that of the client', async () => {
    const server = await serveTcp(cleanup, () => undefined);
    const client = clientFor(cleanup, server.url, { timeoutMs: 600_000 });
    const error = await soarErrorOf(client.getVersion({ timeoutMs: 50 }));
    expect(error.message).toContain('within 50 ms');
  });
});

describe('connections', () => {
  it('are never more than the bound, however many calls wait', async () => {
    let most = 0;
    const server = await serveTcp(cleanup, (socket) =>
      socket.on('data', () => {
        most = Math.max(most, server.sockets.size);
        setImmediate(() => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 15\r\n\r\n{"version":"1"}'));
      }),
    );
    const client = clientFor(cleanup, server.url, { maxConnections: 3 });
    await Promise.all(Array.from({ length: 50 }, () => client.getVersion()));
    expect(most).toBe(3);
  });
});
