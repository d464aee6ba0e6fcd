import { execFileSync } from 'node:child_process';
import { chownSync, chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '../../src/cli/stack/process.js';
import type { Stage } from '../contenders/contender.js';
import { NotAvailable } from '../contenders/contender.js';
import { findPostgres } from './find-program.js';
import { listensOn } from './listens-on.js';

interface User {
  readonly uid: number;
  readonly gid: number;
}

/** Makes a PostgreSQL cluster of the trial's own and starts it, with the durability it has by default. @returns its URL */
export async function startPostgres(stage: Stage): Promise<string> {
  const [initdb, postgres] = [findPostgres('initdb'), findPostgres('postgres')];
  if (initdb === undefined || postgres === undefined) throw new NotAvailable('PostgreSQL’s server is not installed');
  const user = process.getuid?.() === 0 ? ordinaryUser() : undefined;
  const data = dataDirectory(stage.directory, user);
  execFileSync(initdb, ['-D', data, '-U', 'bench', '--auth=trust', '-E', 'UTF8'], {
    stdio: 'ignore',
    cwd: data,
    ...user,
  });
  const port = await freePort(0);
  await stage.server('engine', {
    command: postgres,
    args: ['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${data}`],
    isReady: () => listensOn(port),
    ...(user ? { user } : {}),
  });
  return `postgresql://bench@127.0.0.1:${port}/bench`;
}

/** PostgreSQL refuses to run as root: then it runs as the user that its package makes. */
function ordinaryUser(): User {
  try {
    const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    throw new NotAvailable('PostgreSQL does not run as root, and there is no user "postgres"');
  }
}

function dataDirectory(parent: string, user: User | undefined): string {
  const data = path.join(parent, 'postgres');
  mkdirSync(data);
  if (!user) return data;
  chmodSync(parent, 0o711);
  chownSync(data, user.uid, user.gid);
  return data;
}
