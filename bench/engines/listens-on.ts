import { once } from 'node:events';
import { connect } from 'node:net';

/** True once somebody takes connections on the port. */
export async function listensOn(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
