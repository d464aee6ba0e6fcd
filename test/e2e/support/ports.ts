import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** True if nobody listens on a port of 127.0.0.1. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () =>
      server.close(() => {
        resolve(true);
      }),
    );
  });
}

/** A port for a server that is down for a while: the kernel gives it to no outgoing connection meanwhile. */
export async function lastingPort(): Promise<number> {
  const port = randomInt(10_000, 30_000);
  return (await isFree(port)) ? port : lastingPort();
}
