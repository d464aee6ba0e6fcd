import path from 'node:path';
import { Client, WorkflowNotFoundError } from '@temporalio/client';
import { itemPages, placedRuns } from '../../client/batch-handle.js';
import type { PlacedRun } from '../../client/batch-handle.js';
import { NoWorker, SoarRunnerError } from '../../client/errors.js';
import { SoarRunner } from '../../client/soar-runner.js';
import { isPassing, withRetries } from '../../client/temporal-calls.js';
import type { BatchItem, BatchProgress, BatchRun, EnrichBatchResult } from '../../contracts/enrich-batch.js';
import type { RunActionRequest } from '../../contracts/run-action.js';
import { UserError } from '../errors.js';
import { requestFieldsOf } from '../input/row.js';
import type { Stack } from '../stack/stack.js';
import type { InputStore } from './input-store.js';
import type { JobFolder, PreparedJob } from './prepare.js';
import type { ResultStore } from './result-store.js';
import { nameOf } from './spec.js';
import type { JobSpec } from './spec.js';
import type { FoundTarget } from './target.js';

/** A batch that has been started: the part of the client's handle that a job uses. */
export interface Batch {
  /** Hands over items; `offset` is how many were handed over before. Waits while the batch has enough items. */
  addItems(items: readonly BatchItem[], offset: number): Promise<unknown>;
  /** Says that no more items come. */
  close(): Promise<unknown>;
  /** Waits for child `number` to end, and returns a record of each of its action_runs. */
  runs(number: number): Promise<readonly BatchRun[]>;
  /** The same with what tells each run from others. */
  placedRuns(number: number): Promise<readonly PlacedRun[]>;
  status(): Promise<BatchProgress>;
  /** The same, asked once: rejects if no worker answers for some seconds. */
  statusNow(): Promise<BatchProgress>;
  result(): Promise<EnrichBatchResult>;
  cancel(reason?: string): Promise<void>;
}

/** The memo of a batch that has the id of its job. */
const JOB_MEMO = 'job';

/**
 * Starts the batch of a job, or resumes the one that an earlier command has started for it.
 *
 * @throws UserError if the workflow id belongs to a batch of other rows
 */
export async function startBatch(
  stack: Stack,
  target: FoundTarget,
  { spec, folder }: PreparedJob,
  say: (text: string) => void,
): Promise<Batch> {
  const { workflowId } = folder;
  const client = new Client({ connection: stack.connection, namespace: stack.namespace });
  const isThere = await isStarted(client, spec, folder);
  const request = requestOf(spec, target);
  say(isThere ? `Picking up the batch ${workflowId} where it was.` : `Starting the batch ${workflowId}.`);
  const input = { request, streamed: true, requestFields: requestFieldsOf(spec.mapping), options: spec.options };
  const memo = { [JOB_MEMO]: folder.id };
  const batch = await SoarRunner.on(client, stack.config.taskQueue).enrichBatch(workflowId, input, memo);
  // Another command may have started a batch with this id meanwhile.
  if (spec.workflowId !== undefined) requireOwn(await jobOf(client, folder), folder);
  return {
    ...batch,
    status: () => withRetries(() => batch.status(), isPassingHere),
    statusNow: () => batch.status(),
    placedRuns: (number) => placedRuns(client, `${workflowId}/${number}`),
  };
}

function isPassingHere(error: unknown): boolean {
  return error instanceof NoWorker || (error instanceof SoarRunnerError && isPassing(error.cause));
}

/** True if the batch was started before. A generated id cannot belong to another job. */
async function isStarted(client: Client, { workflowId }: JobSpec, folder: JobFolder): Promise<boolean> {
  const isGenerated = workflowId === undefined;
  if (isGenerated && !folder.isResumed) return false;
  try {
    const job = await jobOf(client, folder);
    if (!isGenerated) requireOwn(job, folder);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
  if (folder.isResumed) return true;
  folder.remove();
  throw new UserError(
    `The batch ${folder.workflowId} has been run on this input already: choose another id to run it again.`,
    2,
  );
}

async function jobOf(client: Client, { workflowId }: JobFolder): Promise<unknown> {
  const { memo } = await withRetries(() => client.workflow.getHandle(workflowId).describe());
  return memo?.[JOB_MEMO];
}

function requireOwn(job: unknown, folder: JobFolder): void {
  if (job === folder.id) return;
  folder.remove();
  throw new UserError(
    `There is a workflow ${folder.workflowId} already, and it is not of this input: choose another id.`,
    2,
  );
}

/** The batch's request, without parameters. */
function requestOf({ source, target }: JobSpec, { app, type: known }: FoundTarget): RunActionRequest {
  const { action, asset, container, delaySecs, type = known } = target;
  return {
    action,
    container_id: container,
    name: `enrich ${path.basename(nameOf(source))}`,
    targets: [{ app_id: app, assets: [asset] }],
    ...(type === undefined ? {} : { type }),
    ...(delaySecs === undefined ? {} : { exec_delay_secs: delaySecs }),
  };
}

/**
 * Sends the batch the distinct items that it does not have yet, page by page, and closes it. After a kill the last page may be
 * sent again: the batch recognizes it by its offset.
 */
export async function sendItems(
  batch: Pick<Batch, 'addItems' | 'close'>,
  input: InputStore,
  results: ResultStore,
): Promise<void> {
  const checkpoint = await results.checkpoint();
  if (checkpoint.closed) return;
  let { sent } = checkpoint;
  for await (const page of itemPages(input.items(sent))) {
    await batch.addItems(page, sent);
    sent += page.length;
    await results.saveCheckpoint({ sent });
  }
  await batch.close();
  await results.saveCheckpoint({ closed: true });
}
