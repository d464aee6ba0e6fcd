import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Connection } from '@temporalio/client';
import type { NativeConnectionOptions } from '@temporalio/worker';
import { readConfig, readTemporalConfig } from '../../config/read-config.js';
import type { Config } from '../../config/read-config.js';
import type { SoarClientOptions } from '../../soar/caller.js';
import { ownRate } from '../../soar/http/rate-limiter.js';
import { UserError } from '../errors.js';
import { connectTo } from '../../client/temporal-calls.js';
import { TEMPORAL_VARIABLES, whyUnreachable } from '../../client/why-unreachable.js';
import { sayWhileConnecting, watchTemporal } from './temporal-connection.js';
import { openEmbeddedSoar } from './embedded-soar.js';
import type { EmbeddedSoar } from './embedded-soar.js';
import { FolderUse } from './state-folder.js';
import { findTemporalCli } from './temporal-cli.js';
import { startTemporalServer } from './temporal-server.js';
import type { TemporalServer } from './temporal-server.js';

/** What a job runs in: Temporal, SOAR and a worker. A part that no environment variable names is embedded. */
export interface Stack {
  readonly connection: Connection;
  /** Closes the connection. To be called once no call is pending: a retried call on a closed connection ends the process. */
  disconnect(): Promise<void>;
  readonly namespace: string;
  readonly config: Config;
  /** SOAR, as this command asks it: its own requests count against the rate, too. */
  readonly soar: SoarClientOptions;
  /** Temporal's UI; unknown for a Temporal that is not embedded. */
  readonly uiUrl: string | undefined;
  readonly soarUrl: string;
  /** Resolves with the error if the worker fails, else with nothing once it is shut down. Never resolves without a worker. */
  readonly workerEnded: Promise<unknown>;
  /** Drains the worker and stops what was started here. */
  close(): Promise<void>;
}

/** What {@link openStack} is told beside the environment variables. */
export interface StackOptions {
  /** False leaves the work to workers elsewhere, on a Temporal that the environment names. Default: true. */
  readonly worker?: boolean;
  /** Called if closing has to wait for another command that uses the same servers. */
  readonly onShared?: () => void;
  /** Tells people what is fetched or not checked. */
  readonly say?: (text: string) => void;
}

type Environment = Readonly<Record<string, string | undefined>>;
type Closer = () => Promise<void> | void;

/**
 * Connects to the Temporal and the SOAR that `TEMPORAL_ADDRESS` and `SOAR_BASE_URL` name, or starts embedded ones with their
 * state in `directory`. If one part fails, those before it are closed again.
 *
 * @throws ConfigError, SearchAttributesMissing, and UserError if Temporal does not answer
 */
export async function openStack(
  environment: Environment,
  directory: string,
  options: StackOptions = {},
): Promise<Stack> {
  const closers: Closer[] = [];
  // In reverse order: the worker drains before its connections and servers go.
  const close = async (): Promise<void> => {
    for (const closeOne of closers.splice(0).reverse()) await closeOne();
  };
  try {
    return { ...(await openParts(environment, directory, options, closers)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openParts(
  environment: Environment,
  directory: string,
  stackOptions: StackOptions,
  closers: Closer[],
): Promise<Omit<Stack, 'close'>> {
  const { config, server } = await openServers(environment, directory, stackOptions, closers);
  const { options, namespace } = temporalOf(server);
  const address = options.address ?? '127.0.0.1:7233';
  const { say = () => undefined } = stackOptions;
  const connection = await sayWhileConnecting(connectTo(options), address, say).catch(async (error: unknown) => {
    const reason = await whyUnreachable(options, error, TEMPORAL_VARIABLES);
    throw new UserError(`Temporal at ${address} does not answer: ${reason}.`);
  });
  const watch = new AbortController();
  void watchTemporal(connection, address, say, watch.signal);
  closers.push(() => {
    watch.abort();
  });
  const disconnect = (): Promise<void> => {
    watch.abort();
    return connection.close();
  };
  const parts = { connection, disconnect, namespace, config, uiUrl: server?.uiUrl, soarUrl: config.soar.baseUrl };
  if (stackOptions.worker === false) {
    const soar = { ...config.soar, limiter: ownRate(config.soar.maxRequestsPerSecond) };
    return { ...parts, soar, workerEnded: new Promise(() => undefined) };
  }
  // The SDK's worker takes a second to load: a command that is refused before does not wait for it.
  const { startWorker } = await import('./own-worker.js');
  const { ended, limiter } = await startWorker(options, namespace, config, path.join(directory, 'worker.log'), closers);
  return { ...parts, soar: { ...config.soar, limiter }, workerEnded: ended };
}

async function openServers(
  environment: Environment,
  directory: string,
  { onShared = () => undefined, say = () => undefined }: StackOptions,
  closers: Closer[],
): Promise<{ config: Config; server: TemporalServer | undefined }> {
  const use = new FolderUse(directory);
  closers.push(() => {
    use.leave();
  });
  const { soar, config } = await openSoar(environment, directory, closers);
  const ownSoar = soar ? undefined : config.soar.baseUrl;
  const server = environment['TEMPORAL_ADDRESS'] ? undefined : await openTemporal(directory, ownSoar, say);
  // The process that runs the embedded SOAR is the one that stops the Temporal server.
  const isOurs = soar ? soar.isOurs : server !== undefined;
  if (server && isOurs) closers.push(() => server.stop());
  closers.push(async () => {
    use.leave();
    if (isOurs) await use.untilAlone(onShared);
  });
  return { config, server };
}

async function openSoar(
  environment: Environment,
  directory: string,
  closers: Closer[],
): Promise<{ soar?: EmbeddedSoar; config: Config }> {
  if (environment['SOAR_BASE_URL']) return { config: readConfig(environment) };
  const soar = await openEmbeddedSoar(directory);
  closers.push(() => soar.close());
  // Credentials in the environment are meant for a real SOAR.
  const { SOAR_AUTH_TOKEN_FILE, SOAR_USERNAME, SOAR_PASSWORD, ...rest } = environment;
  const own = { SOAR_BASE_URL: soar.url, SOAR_AUTH_TOKEN: soar.token };
  const config = readConfig({ ...rest, ...queueOfEmbeddedSoar(environment, directory), ...own });
  // Its port may be taken when it starts again: what it has begun is known by its folder.
  const identity = `embedded-soar:${placeOf(directory)}`;
  return { soar, config: { ...config, soar: { ...config.soar, identity } } };
}

function placeOf(directory: string): string {
  return createHash('sha256').update(path.resolve(directory)).digest('hex').slice(0, 8);
}

/**
 * A Temporal that others use, too, may have workers of a real SOAR on the usual task queue: what is meant for that one must not
 * run here, nor the other way round.
 */
export function queueOfEmbeddedSoar(
  { TEMPORAL_ADDRESS, TEMPORAL_TASK_QUEUE }: Environment,
  directory: string,
): { TEMPORAL_TASK_QUEUE?: string } {
  if (!TEMPORAL_ADDRESS || TEMPORAL_TASK_QUEUE) return {};
  return { TEMPORAL_TASK_QUEUE: `soar-runner-embedded-${placeOf(directory)}` };
}

/**
 * Each SOAR has an embedded Temporal of its own: what was left undone on the embedded SOAR must never go on in another. A SOAR of
 * somebody's own is kept from web pages: the UI leaves them in if they come by a host name that points here.
 */
async function openTemporal(
  directory: string,
  ownSoar: string | undefined,
  say: (text: string) => void,
): Promise<TemporalServer> {
  const { file, unchecked } = await findTemporalCli(say);
  if (unchecked !== undefined) say(`Temporal CLI: ${file}, ${unchecked}; its hash is not checked.`);
  const digest = ownSoar === undefined ? undefined : createHash('sha256').update(ownSoar).digest('hex').slice(0, 8);
  const name = digest === undefined ? 'temporal' : `temporal-${digest}`;
  return startTemporalServer({ cli: file, directory, name, ui: digest === undefined });
}

/** The embedded server has one namespace; a namespace in the environment is meant for another Temporal. */
function temporalOf(server: TemporalServer | undefined): { options: NativeConnectionOptions; namespace: string } {
  if (server) return { options: { address: server.address }, namespace: 'default' };
  const { connectionOptions, namespace = 'default' } = readTemporalConfig();
  return { options: connectionOptions, namespace };
}
