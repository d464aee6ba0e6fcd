import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { z } from 'zod';
import { Problem } from '../errors.js';
import { freePort } from './free-port.js';
import { isAlive } from './is-alive.js';
import { readJsonFile, writeJsonFile } from './json-file.js';
import { settingArguments } from './server-settings.js';

/** A Temporal dev server of ours, started by this process or left over from one that was killed. */
export interface TemporalServer {
  readonly pid: number;
  readonly address: string;
  readonly uiUrl: string;
  stop(): Promise<void>;
}

const recordSchema = z.object({ pid: z.int(), address: z.string(), uiUrl: z.string(), mark: z.string() });
type ServerRecord = z.infer<typeof recordSchema>;

const READY_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 10_000;
const PREFERRED_PORTS = { server: 7233, ui: 8233 };
const ANY_PORTS = { server: 0, ui: 0 };

/**
 * Starts the dev server on a database in `directory`, or takes over the one that already runs on it: two servers on one
 * database would damage it.
 *
 * @throws Problem where it does not come up
 */
export async function startTemporalServer(cli: string, directory: string): Promise<TemporalServer> {
  const recordFile = path.join(directory, 'temporal.json');
  const known = readJsonFile(recordFile, recordSchema);
  if (known && (await answers(known, 2_000))) return toServer(known);
  const mark = known?.mark ?? `soar-runner-${randomUUID().slice(0, 8)}`;
  // Somebody else can take a port between the look at it and the start: then any other will do.
  for (const ports of [PREFERRED_PORTS, ANY_PORTS]) {
    const record = await spawnServer(cli, directory, mark, ports);
    writeJsonFile(recordFile, record);
    if (await answers(record, READY_TIMEOUT_MS)) return toServer(record);
    await stopProcess(record.pid);
  }
  throw new Problem(`The Temporal server did not start; ${path.join(directory, 'temporal.log')} says why.`);
}

async function spawnServer(
  cli: string,
  directory: string,
  mark: string,
  preferred: typeof PREFERRED_PORTS,
): Promise<ServerRecord> {
  mkdirSync(directory, { recursive: true });
  const port = await freePort(preferred.server);
  const uiPort = await freePort(preferred.ui);
  const log = openSync(path.join(directory, 'temporal.log'), 'a');
  // In a process group of its own: Ctrl-C reaches us alone, and the worker drains before the server goes.
  const child = spawn(cli, serverArguments(path.join(directory, 'temporal.db'), mark, port, uiPort), {
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  child.on('error', () => undefined);
  if (child.pid === undefined) throw new Problem(`The Temporal CLI at ${cli} could not be started.`);
  return { pid: child.pid, address: `127.0.0.1:${port}`, uiUrl: `http://127.0.0.1:${uiPort}`, mark };
}

function serverArguments(database: string, mark: string, port: number, uiPort: number): string[] {
  const pragmas = ['journal_mode=wal', 'synchronous=1'].flatMap((value) => ['--sqlite-pragma', value]);
  const ports = ['--ip', '127.0.0.1', '--port', String(port), '--ui-port', String(uiPort)];
  return [
    'server',
    'start-dev',
    '--db-filename',
    database,
    '--namespace',
    mark,
    ...ports,
    ...pragmas,
    ...settingArguments(),
    '--log-level',
    'error',
  ];
}

/** False as soon as the process is gone. */
async function answers({ pid, address, mark }: ServerRecord, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (isAlive(pid) && Date.now() < deadline) {
    if (await isOurs(address, mark)) return true;
    await delay(100);
  }
  return false;
}

/** Another server can answer at the address as well; only ours has the namespace that is its mark. */
async function isOurs(address: string, mark: string): Promise<boolean> {
  const connection = await Connection.connect({ address, connectTimeout: 1_000 }).catch(() => undefined);
  const found = await connection?.workflowService.describeNamespace({ namespace: mark }).catch(() => undefined);
  await connection?.close();
  return found !== undefined;
}

function toServer({ pid, address, uiUrl }: ServerRecord): TemporalServer {
  return { pid, address, uiUrl, stop: () => stopProcess(pid) };
}

async function stopProcess(pid: number): Promise<void> {
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!isAlive(pid)) return;
    process.kill(pid, signal);
    while (isAlive(pid) && Date.now() < deadline) await delay(50);
  }
}
