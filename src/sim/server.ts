import { once } from 'node:events';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createHttpServer } from 'node:http';
import type { Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { SimCounts } from './app.js';
import { createSoarSimApp } from './app.js';
import type { SoarSimOptions } from './options.js';

/** A running server. */
export interface SoarSim {
  /** For example `http://127.0.0.1:41234`; paths such as `/rest/version` are appended to it. */
  readonly url: string;
  readonly port: number;
  readonly token: string;
  readonly username: string;
  readonly password: string;
  /** What has happened so far, by the server's own count. */
  readonly counts: () => SimCounts;
  /** Stops listening, cuts open connections and closes the journal. May be called more than once. */
  readonly close: () => Promise<void>;
}

/**
 * Starts the embedded SOAR. Rejects when the port is taken (`EADDRINUSE`) or the data file is damaged.
 *
 * @example
 * const sim = await startSoarSim({ token: 'secret' });
 * await fetch(`${sim.url}/rest/version`, { headers: { 'ph-auth-token': sim.token } });
 * await sim.close();
 */
export async function startSoarSim(options: SoarSimOptions = {}): Promise<SoarSim> {
  const server = options.tls ? createHttpsServer(options.tls) : createHttpServer();
  const host = options.host ?? '127.0.0.1';
  // The port first: a start that fails because another server has it must not touch that server's journal.
  const port = await listen(server, host, options.port ?? 0);
  try {
    const { app, credentials, counts, close } = createSoarSimApp(options);
    const listener = getRequestListener((request, env) => app.fetch(request, { ...env }), {
      overrideGlobalObjects: false,
    });
    server.on('request', (incoming, outgoing) => void listener(incoming, outgoing));
    const url = `${options.tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
    let closing: Promise<void> | undefined;
    return { url, port, ...credentials, counts, close: () => (closing ??= stop(server).finally(close)) };
  } catch (error) {
    await stop(server);
    throw error;
  }
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}

async function stop(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
