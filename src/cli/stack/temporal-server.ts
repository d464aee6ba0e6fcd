import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { UserError } from '../errors.js';
import { connectTo } from '../../client/temporal-calls.js';
import { childEnvironment } from './child-program.js';
import { freePort, processWithId, stopProcess } from './process.js';
import type { ProcessIdentity } from './process.js';
import { openLogFile, readJsonFile, writeJsonFile } from './state-folder.js';

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

/** A Temporal dev server, started by this process or left running by one that was killed. */
export interface TemporalServer {
  readonly pid: number;
  readonly address: string;
  /** Absent without a UI. */
  readonly uiUrl?: string | undefined;
  stop(): Promise<void>;
}

/** Which dev server is meant. */
export interface TemporalServerOptions {
  /** Path of the Temporal CLI. */
  readonly cli: string;
  /** The state folder. */
  readonly directory: string;
  /** Names the server's files in it: each name is a Temporal of its own. */
  readonly name: string;
  /** False leaves the UI out, which answers every web page of the machine that calls it by a name of its own. */
  readonly ui: boolean;
}

/** `mark` is also the name of a namespace, by which the server is told from others. */
const recordSchema = z.object({
  pid: z.int(),
  startedAt: z.string().default(''),
  command: z.string().default(''),
  address: z.string().regex(/^127\.0\.0\.1:\d+$/),
  uiUrl: z
    .string()
    .regex(/^http:\/\/127\.0\.0\.1:\d+$/)
    .optional(),
  mark: z.string().regex(/^soar-runner-\w+$/),
});
type ServerRecord = z.infer<typeof recordSchema>;

const READY_TIMEOUT_MS = 30_000;
const PREFERRED_PORTS = { server: 7233, ui: 8233 };
const ANY_PORTS = { server: 0, ui: 0 };

/**
 * Starts the dev server on a database in the state folder, or uses the one that already runs on it: two servers would damage the
 * database. Everybody who reaches its port can do everything with it: it listens on the loopback interface only.
 *
 * @throws UserError if it does not come up, or if its record cannot be trusted
 */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  const at = (extension: string): string => path.join(options.directory, `${options.name}.${extension}`);
  const noted = readJsonFile(at('json'), recordSchema);
  const known = noted && asItRuns(noted);
  if (known && isOurs(known, at('db'))) {
    if (await answers(known)) return toServer(known);
    await stopProcess(known, 'group');
  }
  const mark = noted?.mark ?? `soar-runner-${randomUUID().slice(0, 8)}`;
  // Another process can take a port after it was found free. Then any other port will do.
  for (const ports of [PREFERRED_PORTS, ANY_PORTS]) {
    const spawned = await spawnServer(options, mark, ports);
    writeJsonFile(at('json'), spawned);
    const isUp = await answers(spawned);
    const record = asItRuns(spawned) ?? spawned;
    writeJsonFile(at('json'), record);
    if (isUp) return toServer(record);
    await stopProcess(record, 'group');
  }
  throw new UserError(`The Temporal server did not start; ${at('log')} says why.`);
}

/** The record may be planted: the process that it names must be a dev server on our database. */
function isOurs({ command }: ServerRecord, database: string): boolean {
  return command.includes(' server start-dev ') && command.includes(path.resolve(database));
}

async function spawnServer(
  { cli, directory, name, ui }: TemporalServerOptions,
  mark: string,
  preferred: typeof PREFERRED_PORTS,
): Promise<ServerRecord> {
  const port = await freePort(preferred.server);
  const uiPort = ui ? await freePort(preferred.ui) : undefined;
  const log = openLogFile(path.join(directory, `${name}.log`));
  const database = path.resolve(directory, `${name}.db`);
  // A process group of its own: Ctrl-C reaches this process only, which drains the worker before it stops the server.
  const child = spawn(cli, serverArguments(database, mark, port, uiPort), {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: directory,
    env: childEnvironment(process.env),
  });
  closeSync(log);
  child.unref();
  child.on('error', () => undefined);
  const { pid } = child;
  const identity = pid === undefined ? undefined : (processWithId(pid) ?? unknownProcess(pid));
  if (!identity) throw new UserError(`The Temporal CLI at ${cli} could not be started.`);
  const uiUrl = uiPort === undefined ? {} : { uiUrl: `http://127.0.0.1:${uiPort}` };
  return { ...identity, address: `127.0.0.1:${port}`, ...uiUrl, mark };
}

/** A process that has ended at once, or that the system does not tell about: it is never taken for ours again. */
function unknownProcess(pid: number): ProcessIdentity {
  return { pid, startedAt: '', command: '' };
}

/** The dev server always has an HTTP API, and lets every web page use it. With no host allowed it answers nobody. */
const NO_HTTP_API = ['--dynamic-config-value', 'frontend.httpAllowedHosts=[]'];

function serverArguments(database: string, mark: string, port: number, uiPort: number | undefined): string[] {
  const storage = ['--db-filename', database, '--namespace', mark];
  const ui = uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)];
  const ports = ['--ip', '127.0.0.1', '--port', String(port), ...ui, ...NO_HTTP_API];
  const pragmas = ['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=1'];
  return ['server', 'start-dev', ...storage, ...ports, ...pragmas, ...settingArguments(), '--log-level', 'error'];
}

/** The process, if it still runs. A script in the place of the CLI may have become the CLI since: the same process by another command. */
function asItRuns(record: ServerRecord): ServerRecord | undefined {
  const now = processWithId(record.pid);
  return now?.startedAt === record.startedAt ? { ...record, ...now } : undefined;
}

/** False as soon as the process is gone. */
async function answers(record: ServerRecord): Promise<boolean> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (asItRuns(record) && Date.now() < deadline) {
    if (await hasNamespace(record.address, record.mark)) return true;
    await delay(100);
  }
  return false;
}

async function hasNamespace(address: string, namespace: string): Promise<boolean> {
  const connection = await connectTo({ address, connectTimeout: 1_000 }).catch(() => undefined);
  const found = await connection?.workflowService.describeNamespace({ namespace }).catch(() => undefined);
  await connection?.close();
  return found !== undefined;
}

function toServer(record: ServerRecord): TemporalServer {
  return { pid: record.pid, address: record.address, uiUrl: record.uiUrl, stop: () => stopProcess(record, 'group') };
}
