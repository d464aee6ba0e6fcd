import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { Connection } from '@temporalio/client';
import type { NativeConnectionOptions } from '@temporalio/worker';
import { NativeConnection } from '@temporalio/worker';
import pino from 'pino';
import { readConfig } from '../../config/read-config.js';
import type { Config } from '../../config/read-config.js';
import { readTemporalConfig } from '../../config/read-temporal-config.js';
import { createSoarWorker, installRuntime } from '../../worker/create-worker.js';
import { createLogger } from '../../worker/logger.js';
import type { Logger } from '../../worker/logger.js';
import { messageOf, Problem } from '../errors.js';
import { openEmbeddedSoar } from './embedded-soar.js';
import type { EmbeddedSoar } from './embedded-soar.js';
import { FolderUse } from './folder-use.js';
import { startTemporalServer } from './temporal-server.js';
import type { TemporalServer } from './temporal-server.js';
import { temporalCliPath } from './temporal-cli-path.js';

/** Everything a job needs to run: Temporal, SOAR and a worker, embedded where the environment names no others. */
export interface Stack {
  /** For the caller to close when no call is under way: a repeated call on a closed connection ends the process. */
  readonly connection: Connection;
  readonly namespace: string;
  readonly config: Config;
  /** Where to look at Temporal; unknown for one that is not ours. */
  readonly uiUrl: string | undefined;
  readonly soarUrl: string;
  /** Resolves, with the error, when the worker breaks; otherwise when it has been shut down. Never where there is none. */
  readonly workerEnded: Promise<unknown>;
  /** Drains the worker and ends what was started here. */
  close(): Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

type Closer = () => Promise<void>;

/** What a stack is to have. */
export interface StackOptions {
  /** False leaves the work to workers that run elsewhere, on a Temporal that the environment names. Default: true. */
  readonly worker?: boolean;
  /** Called where closing has to wait for another command that works with the servers of this one. */
  readonly onShared?: () => void;
}

/**
 * Opens the stack with its state in `directory`, or in a Temporal and a SOAR that the environment names
 * (`TEMPORAL_ADDRESS`, `SOAR_BASE_URL`). Where a part does not open, those before it are closed again.
 *
 * @throws ConfigError, SearchAttributesMissing, and Problem where Temporal does not answer
 */
export async function openStack(
  environment: Environment,
  directory: string,
  options: StackOptions = {},
): Promise<Stack> {
  mkdirSync(directory, { recursive: true });
  const closers: Closer[] = [];
  try {
    return { ...(await openParts(environment, directory, options, closers)), close: () => closeAll(closers) };
  } catch (error) {
    await closeAll(closers);
    throw error;
  }
}

async function openParts(
  environment: Environment,
  directory: string,
  { worker = true, onShared = () => undefined }: StackOptions,
  closers: Closer[],
): Promise<Omit<Stack, 'close'>> {
  const { config, server } = await openSystems(environment, directory, closers, onShared);
  const { options, namespace } = temporalOf(server);
  const connection = await Connection.connect(options).catch((error: unknown) => unreachable(options, error));
  const parts = { connection, namespace, config, uiUrl: server?.uiUrl, soarUrl: config.soar.baseUrl };
  if (!worker) return { ...parts, workerEnded: new Promise(() => undefined) };
  const log = createLogger(config.logLevel, pino.destination({ dest: path.join(directory, 'worker.log'), sync: true }));
  const { ended } = await startWorker(options, namespace, config, log, closers);
  return { ...parts, workerEnded: ended };
}

async function openSystems(
  environment: Environment,
  directory: string,
  closers: Closer[],
  onShared: () => void,
): Promise<{ config: Config; server: TemporalServer | undefined }> {
  const use = new FolderUse(directory);
  closers.push(() => {
    use.leave();
    return Promise.resolve();
  });
  const soar = environment['SOAR_BASE_URL'] ? undefined : await openEmbeddedSoar(directory);
  if (soar) closers.push(() => soar.close());
  const config = readConfig(soar ? withEmbeddedSoar(environment, soar) : environment);
  const server = environment['TEMPORAL_ADDRESS'] ? undefined : await startTemporalServer(temporalCliPath(), directory);
  // Who does not run the embedded SOAR leaves the server to the one that does.
  const isOurs = soar ? soar.isOurs : server !== undefined;
  if (server && isOurs) closers.push(() => server.stop());
  closers.push(async () => {
    use.leave();
    if (isOurs) await use.untilAlone(onShared);
  });
  return { config, server };
}

async function startWorker(
  options: NativeConnectionOptions,
  namespace: string,
  config: Config,
  log: Logger,
  closers: Closer[],
): Promise<{ ended: Promise<unknown> }> {
  // Once there, the SDK's runtime ends with its last connection: without a worker it would keep the process up.
  installRuntime(log);
  const connection = await NativeConnection.connect(options);
  closers.push(() => connection.close());
  const worker = await createSoarWorker({ connection, namespace, config, log });
  const ended = worker.run().catch((error: unknown) => error);
  closers.push(async () => {
    worker.shutdown();
    await ended;
  });
  return { ended };
}

/** Last opened, first closed: the worker drains before what it works with goes. */
async function closeAll(closers: Closer[]): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

function unreachable({ address }: NativeConnectionOptions, error: unknown): never {
  throw new Problem(`Temporal at ${address ?? 'its default address'} does not answer: ${messageOf(error)}.`);
}

/** The dev server has one namespace; one that the environment names belongs to another Temporal. */
function temporalOf(server: TemporalServer | undefined): { options: NativeConnectionOptions; namespace: string } {
  if (server) return { options: { address: server.address }, namespace: 'default' };
  const { connectionOptions, namespace = 'default' } = readTemporalConfig();
  return { options: connectionOptions, namespace };
}

/** Credentials in the environment are meant for a real SOAR. */
function withEmbeddedSoar(environment: Environment, { url, token }: EmbeddedSoar): Environment {
  const { SOAR_AUTH_TOKEN_FILE, SOAR_USERNAME, SOAR_PASSWORD, ...rest } = environment;
  return { ...rest, SOAR_BASE_URL: url, SOAR_AUTH_TOKEN: token };
}
