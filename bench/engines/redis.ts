import { freePort } from '../../src/cli/stack/process.js';
import type { Stage } from '../contenders/contender.js';
import { NotAvailable } from '../contenders/contender.js';
import { findProgram } from './find-program.js';
import { listensOn } from './listens-on.js';

/**
 * Starts Redis with its append-only file written to disk every second: what BullMQ's manual asks for. A power cut loses the last
 * second. @returns the port
 */
export async function startRedis(stage: Stage): Promise<number> {
  const command = findProgram('redis-server');
  if (command === undefined) throw new NotAvailable('redis-server is not in the PATH');
  const port = await freePort(0);
  const durability = ['--appendonly', 'yes', '--appendfsync', 'everysec', '--save', ''];
  await stage.server('engine', {
    command,
    args: ['--bind', '127.0.0.1', '--port', String(port), '--dir', stage.directory, ...durability],
    isReady: () => listensOn(port),
  });
  return port;
}
