import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createNetServer } from 'node:net';
import { createSoarClient } from '../../../../src/soar/client.js';
import type { SoarClient } from '../../../../src/soar/client.js';
import type { SoarClientOptions } from '../../../../src/soar/caller.js';

/** Releases what a test opened, last first; for `afterEach`. */
export class Cleanup {
  private readonly steps: (() => Promise<unknown>)[] = [];

  add(step: () => Promise<unknown>): void {
    this.steps.push(step);
  }

  async run(): Promise<void> {
    for (const step of this.steps.splice(0).reverse()) await step();
  }
}

/** A server on 127.0.0.1 that knows its open sockets and closes them with itself. */
export interface TestServer {
  readonly port: number;
  readonly url: string;
  readonly sockets: ReadonlySet<Socket>;
}

export async function listen(server: Server, cleanup: Cleanup, scheme = 'http'): Promise<TestServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanup.add(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  const port = portOf(server);
  return { port, url: `${scheme}://127.0.0.1:${port}`, sockets };
}

/** An HTTP server with a handler. */
export function serveHttp(cleanup: Cleanup, handler: RequestListener): Promise<TestServer> {
  return listen(createHttpServer(handler), cleanup);
}

/** A TCP server that answers with whatever bytes the test writes. */
export function serveTcp(cleanup: Cleanup, onSocket: (socket: Socket) => void): Promise<TestServer> {
  return listen(createNetServer(onSocket), cleanup);
}

/** An HTTP server that answers every request with the same JSON. */
export function serveJson(
  cleanup: Cleanup,
  body: unknown,
  status = 200,
  headers: Record<string, string | string[]> = {},
): Promise<TestServer> {
  return serveHttp(cleanup, (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  });
}

/** A port nobody listens on: taken and given back a moment ago. */
export async function closedPort(): Promise<number> {
  const server = createNetServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = portOf(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export function clientFor(cleanup: Cleanup, baseUrl: string, options: Partial<SoarClientOptions> = {}): SoarClient {
  const client = createSoarClient({ baseUrl, auth: { token: 'test-token' }, ...options });
  cleanup.add(() => client.close());
  return client;
}

/** The whole body of a request, as text. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
