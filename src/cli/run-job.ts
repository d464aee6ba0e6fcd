import { chmod } from 'node:fs/promises';
import { createCaller } from '../soar/caller.js';
import { createSoarClient } from '../soar/client.js';
import type { SoarClient } from '../soar/client.js';
import { ownRate } from '../soar/http/rate-limiter.js';
import { readConfig } from '../config/read-config.js';
import { messageOf, UserError } from './errors.js';
import { artifactLines } from './input/container.js';
import type { ActionFacts } from './input/row.js';
import { embeddedFacts, factsOf, lookUpTarget } from './job/target.js';
import { runBatch } from './job/follow-batch.js';
import { prepareFromFile, prepareFromStream } from './job/prepare.js';
import type { PreparedJob } from './job/prepare.js';
import { ProgressWatch, showProgress } from './job/progress.js';
import { nameOf, checkOwner, noteOwner } from './job/spec.js';
import type { JobSpec } from './job/spec.js';
import { startBatch } from './job/start-batch.js';
import type { FoundTarget } from './job/target.js';
import { RowStream } from './output/stream.js';
import { checkOutputs, finishJob, openStreamed, STANDARD_OUTPUT } from './output/write.js';
import type { Finished } from './output/write.js';
import { describeInput, previewOf } from './output/preview.js';
import type { Stack } from './stack/stack.js';
import { openStateFolder, STATE_DIRECTORY } from './stack/state-folder.js';

type Say = (text: string) => void;

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Runs a whole job: reads the input, runs the batch, writes the results. A job that was stopped or killed is resumed when it is
 * asked for again.
 *
 * @param say tells people what happens
 * @throws UserError if the input or an option is wrong, if no row succeeded, and if Ctrl-C comes before the end
 */
export async function runJob(spec: JobSpec, say: Say): Promise<void> {
  openStateFolder(STATE_DIRECTORY);
  await checkOutputs(spec.outputs, spec.source.kind === 'file' ? spec.source.path : undefined);
  const interruption = new AbortController();
  const interrupted = untilInterrupted().then(() => {
    interruption.abort();
  });
  const prepared = await prepareLocally(spec, interruption.signal);
  await requireOwnOutputs(spec, prepared);
  const onShared = (): void => {
    say('Another command works with the servers of this one: they stay up until it has ended.');
  };
  // Temporal's client takes long to load: an input that is refused does not wait for it.
  const { openStack } = await import('./stack/stack.js');
  const stack = await openStack(process.env, STATE_DIRECTORY, { worker: spec.worker, onShared, say });
  try {
    const ui = stack.uiUrl ? `, Temporal UI ${stack.uiUrl}` : '';
    const temporal = stack.connection.options.address;
    say(`SOAR ${stack.soarUrl}, Temporal ${temporal}${ui}; logs in ${STATE_DIRECTORY}/.`);
    const finished = await Promise.race([runOn(stack, spec, prepared, say), interrupted.then(() => giveUp(spec))]);
    if (staysUp(spec)) {
      say('Everything stays up for you to look at. Ctrl-C ends it; the state is kept.');
      await Promise.race([interrupted, stack.workerEnded]);
    }
    await stack.disconnect();
    if (finished.broken !== undefined) throw new UserError(`The batch failed: ${finished.broken}`);
    if (finished.incomplete !== undefined) throw cutOff(spec, finished.incomplete);
    if (finished.succeeded === 0) throw new UserError('No row succeeded.');
  } finally {
    await stack.close();
  }
}

/** @throws UserError if the outputs have the results of another job; nothing of this one is left then */
async function requireOwnOutputs(spec: JobSpec, prepared: PreparedJob | undefined): Promise<void> {
  try {
    checkOwner(STATE_DIRECTORY, spec, prepared?.folder.id);
  } catch (error) {
    await prepared?.close();
    if (prepared?.folder.isResumed === false) prepared.folder.remove();
    throw error;
  }
}

function cutOff(spec: JobSpec, reason: string): UserError {
  return new UserError(`A part of ${nameOf(spec.source)} was not read: ${reason}. The rows before it have results.`, 2);
}

/**
 * Says what would be sent, and sends nothing. Servers are asked what the action takes, and none is started.
 *
 * @throws UserError if the input or an option is wrong
 */
export async function previewJob(spec: JobSpec, say: Say): Promise<void> {
  if (spec.source.kind === 'container') throw new UserError('--dry-run needs a file: artifacts are in SOAR.', 2);
  openStateFolder(STATE_DIRECTORY);
  const job = await prepareLocally(spec, new AbortController().signal);
  if (!job) return;
  try {
    for await (const line of previewOf(job)) say(line);
  } finally {
    await job.close();
    if (!job.folder.isResumed) job.folder.remove();
  }
  const { incomplete, distinct } = job.summary;
  if (incomplete !== undefined) throw cutOff(spec, incomplete);
  if (distinct === 0) throw new UserError('No row would be sent.');
}

function staysUp({ stayUp }: JobSpec): boolean {
  return stayUp && process.stdout.isTTY;
}

/** The first signal. A second one ends the process at once, and what it leaves is said. */
function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    const onSignal = (): void => {
      for (const signal of SIGNALS) process.off(signal, onSignal).once(signal, leaveAtOnce);
      process.stderr.write('\nStopping: what is under way may finish. Once more ends it at once.\n');
      resolve();
    };
    for (const signal of SIGNALS) process.on(signal, onSignal);
  });
}

/** What a shell expects after Ctrl-C. */
const INTERRUPTED = 130;

function leaveAtOnce(): never {
  const left = `The state is kept in ${STATE_DIRECTORY}/, and an embedded Temporal that was started here goes on running.`;
  process.stderr.write(`Ended at once. ${left} The same command goes on with the job.\n`);
  process.exit(INTERRUPTED);
}

function giveUp({ worker }: JobSpec): never {
  if (worker) throw new UserError('Stopped before the batch was done; start again to go on.');
  throw new UserError('The batch goes on without this command; start it again for the results.');
}

/** An input that is not in SOAR is read before any server is started: a mistake in it is found at once. */
async function prepareLocally(spec: JobSpec, signal: AbortSignal): Promise<PreparedJob | undefined> {
  const { source } = spec;
  if (source.kind === 'container') return undefined;
  const facts = (): Promise<ActionFacts> => askForFacts(spec);
  if (source.kind === 'stdin') return prepareFromStream(STATE_DIRECTORY, spec, facts, process.stdin, signal);
  const { path, format } = source;
  return prepareFromFile(STATE_DIRECTORY, spec, facts, { name: path, path, format });
}

/** The embedded SOAR does not run yet; what it takes is known. */
async function askForFacts(spec: JobSpec): Promise<ActionFacts> {
  if (!process.env['SOAR_BASE_URL']) return embeddedFacts(spec);
  const { soar: options } = readConfig(process.env);
  const soar = createSoarClient({ ...options, limiter: ownRate(options.maxRequestsPerSecond) });
  try {
    return await factsOf(soar, spec);
  } finally {
    await soar.close();
  }
}

async function runOn(stack: Stack, spec: JobSpec, prepared: PreparedJob | undefined, say: Say): Promise<Finished> {
  const soar = createSoarClient(stack.soar);
  try {
    const target = await lookUp(stack, spec);
    const job = prepared ?? (await prepareFromSoar(soar, spec));
    try {
      for (const line of describeInput(job)) say(line);
      const finished = await runPrepared(stack, soar, job, target, say);
      await job.close();
      job.folder.remove();
      noteOwner(STATE_DIRECTORY, spec, job.folder.id);
      const files = spec.outputs.filter((output) => output !== STANDARD_OUTPUT);
      for (const file of files) if (spec.mode !== undefined) await chmod(file, spec.mode);
      return job.summary.incomplete === undefined ? finished : { ...finished, incomplete: job.summary.incomplete };
    } finally {
      await job.close();
    }
  } finally {
    await soar.close();
  }
}

async function lookUp(stack: Stack, spec: JobSpec): Promise<FoundTarget> {
  const caller = createCaller(stack.soar);
  try {
    return await lookUpTarget(caller, spec);
  } finally {
    await caller.close();
  }
}

async function prepareFromSoar(soar: SoarClient, spec: JobSpec): Promise<PreparedJob> {
  if (spec.source.kind !== 'container') throw new Error(`${spec.source.kind} is not in SOAR`);
  return prepareFromStream(STATE_DIRECTORY, spec, () => factsOf(soar, spec), artifactLines(soar, spec.source));
}

async function runPrepared(
  stack: Stack,
  soar: SoarClient,
  job: PreparedJob,
  target: FoundTarget,
  say: Say,
): Promise<Finished> {
  const { spec, folder, summary } = job;
  const sinks = await openStreamed(spec.outputs, folder.id);
  const stream = sinks.length > 0 ? new RowStream(job, sinks) : undefined;
  try {
    const { workflowId } = folder;
    const workflow = `namespaces/${stack.namespace}/workflows/${encodeURIComponent(workflowId)}`;
    const uiUrl = stack.uiUrl ? `${stack.uiUrl}/${workflow}` : undefined;
    // An embedded UI that ends with this command is no link to keep.
    const place = { soar, workflowId, ...(uiUrl && staysUp(spec) ? { uiUrl } : {}) };
    if (summary.distinct === 0) return await finishJob(job, { outcome: 'nothing' }, stream, place, say);
    const batch = await startBatch(stack, target, job, say);
    if (uiUrl) say(`Temporal UI: ${uiUrl}`);
    const progress = new ProgressWatch(batch);
    const ended = Promise.race([runBatch(batch, job, soar, progress, stream), stack.workerEnded.then(workerStopped)]);
    const onSilence = (): void => {
      say('No worker has answered for 15 seconds; the batch goes on as soon as one does.');
    };
    const ending = await showProgress(progress, summary.distinct, ended, onSilence);
    return await finishJob(job, ending, stream, { ...place, startTime: progress.latest?.startTime }, say);
  } catch (error) {
    await stream?.discard();
    throw error;
  }
}

function workerStopped(error: unknown): never {
  const reason = error === undefined ? 'it was shut down' : messageOf(error);
  throw new UserError(`The worker stopped: ${reason}. ${STATE_DIRECTORY}/worker.log has more; start again to go on.`);
}
