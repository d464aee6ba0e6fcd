import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { z } from 'zod';
import { UserError } from '../errors.js';
import { freePort, isAlive, readJsonFile, writeJsonFile } from './process.js';

/**
 * Dynamic configuration of a Temporal server that only soar-runner uses. `deploy/dynamicconfig.yaml` has the same for a server
 * on PostgreSQL. The defaults are in Temporal's `common/dynamicconfig/constants.go`.
 */
export const SERVER_SETTINGS = {
  // Activities of a batch take turns with those of others, and single actions go first.
  'matching.useNewMatcher': true,
  'matching.enableFairness': true,
  // That order is exact only within a partition.
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
  // By default a shard polls its queues at most 20 times a second, and a small server has few shards: each step of a workflow
  // would wait up to 50 ms.
  'history.transferProcessorMaxPollRPS': 200,
  'history.timerProcessorMaxPollRPS': 200,
} as const;

/** Settings as arguments of `temporal server start-dev`. */
export function settingArguments(settings: Readonly<Record<string, boolean | number>> = SERVER_SETTINGS): string[] {
  return Object.entries(settings).flatMap(([key, value]) => ['--dynamic-config-value', `${key}=${String(value)}`]);
}

/** Where the set-up step notes the programs it found or downloaded. */
const TOOLS_FILE = path.join(__dirname, '../../../.cache/tools.json');

/** Path of the Temporal CLI. @throws UserError if the set-up step has not run */
export function temporalCliPath(): string {
  const tools = readJsonFile(TOOLS_FILE, z.looseObject({ temporal: z.string() }));
  if (!tools)
    throw new UserError('The Temporal CLI is not set up: run "npm start", which gets it, or set TEMPORAL_ADDRESS.');
  return tools.temporal;
}

/** A Temporal dev server, started by this process or left running by one that was killed. */
export interface TemporalServer {
  readonly pid: number;
  readonly address: string;
  readonly uiUrl: string;
  stop(): Promise<void>;
}

/** `mark` is also the name of a namespace, by which the server is told from others. */
const recordSchema = z.object({ pid: z.int(), address: z.string(), uiUrl: z.string(), mark: z.string() });
type ServerRecord = z.infer<typeof recordSchema>;

const READY_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 10_000;
const PREFERRED_PORTS = { server: 7233, ui: 8233 };
const ANY_PORTS = { server: 0, ui: 0 };

/**
 * Starts the dev server on a database in `directory`, or uses the one that already runs on it: two servers would damage the
 * database.
 *
 * @throws UserError if it does not come up
 */
export async function startTemporalServer(cli: string, directory: string): Promise<TemporalServer> {
  const recordFile = path.join(directory, 'temporal.json');
  const known = readJsonFile(recordFile, recordSchema);
  if (known && (await answers(known, 2_000))) return toServer(known);
  const mark = known?.mark ?? `soar-runner-${randomUUID().slice(0, 8)}`;
  // Another process can take a port after it was found free. Then any other port will do.
  for (const ports of [PREFERRED_PORTS, ANY_PORTS]) {
    const record = await spawnServer(cli, directory, mark, ports);
    writeJsonFile(recordFile, record);
    if (await answers(record, READY_TIMEOUT_MS)) return toServer(record);
    await stopProcess(record.pid);
  }
  throw new UserError(`The Temporal server did not start; ${path.join(directory, 'temporal.log')} says why.`);
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
  // A process group of its own: Ctrl-C reaches this process only, which drains the worker before it stops the server.
  const child = spawn(cli, serverArguments(path.join(directory, 'temporal.db'), mark, port, uiPort), {
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  child.on('error', () => undefined);
  if (child.pid === undefined) throw new UserError(`The Temporal CLI at ${cli} could not be started.`);
  return { pid: child.pid, address: `127.0.0.1:${port}`, uiUrl: `http://127.0.0.1:${uiPort}`, mark };
}

function serverArguments(database: string, mark: string, port: number, uiPort: number): string[] {
  const storage = ['--db-filename', database, '--namespace', mark];
  const ports = ['--ip', '127.0.0.1', '--port', String(port), '--ui-port', String(uiPort)];
  const pragmas = ['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=1'];
  return ['server', 'start-dev', ...storage, ...ports, ...pragmas, ...settingArguments(), '--log-level', 'error'];
}

/** False as soon as the process is gone. */
async function answers({ pid, address, mark }: ServerRecord, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (isAlive(pid) && Date.now() < deadline) {
    if (await hasNamespace(address, mark)) return true;
    await delay(100);
  }
  return false;
}

async function hasNamespace(address: string, namespace: string): Promise<boolean> {
  const connection = await Connection.connect({ address, connectTimeout: 1_000 }).catch(() => undefined);
  const found = await connection?.workflowService.describeNamespace({ namespace }).catch(() => undefined);
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
