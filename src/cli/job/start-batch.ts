import { Client, WorkflowNotFoundError } from '@temporalio/client';
import { withPatience } from '../../client/patience.js';
import { createSoarRunnerClient } from '../../client/soar-runner-client.js';
import type { SoarClient } from '../../soar/client.js';
import { UserError } from '../errors.js';
import type { Screen } from '../screen.js';
import type { Stack } from '../stack/stack.js';
import { batchRequest } from './batch-request.js';
import { requestFieldsOf } from '../input/row.js';
import type { JobFolder } from './job-folder.js';
import type { PreparedJob } from './prepare.js';
import type { Batch } from './batch.js';

/**
 * Starts the batch of a job, or takes up the one that an earlier command has started for it.
 *
 * @throws UserError where the workflow id belongs to another batch: its rows are not these
 */
export async function startBatch(stack: Stack, soar: SoarClient, job: PreparedJob, screen: Screen): Promise<Batch> {
  const { spec, folder } = job;
  const { workflowId } = folder;
  const client = new Client({ connection: stack.connection, namespace: stack.namespace });
  const isThere = await isStarted(client, job);
  const request = await batchRequest(soar, spec.source, spec.target);
  screen.say(isThere ? `Picking up the batch ${workflowId} where it was.` : `Starting the batch ${workflowId}.`);
  const input = { request, streamed: true, requestFields: requestFieldsOf(spec.mapping), options: spec.options };
  const memo = { [JOB_MEMO]: folder.mark };
  const batch = await createSoarRunnerClient(client, stack.config.taskQueue).enrichBatch(workflowId, input, memo);
  // Somebody else may have been faster with the same id.
  if (spec.workflowId !== undefined) requireOwn(await jobOf(client, folder), folder);
  return batch;
}

/** What a batch is known again by: the mark of the job that it was started for. */
const JOB_MEMO = 'job';

/** True where the batch is there already. An id that was made up for this job is nobody else's. */
async function isStarted(client: Client, { spec, folder }: PreparedJob): Promise<boolean> {
  const isOwnId = spec.workflowId === undefined;
  if (isOwnId && !folder.isResumed) return false;
  try {
    const mark = await jobOf(client, folder);
    if (!isOwnId) requireOwn(mark, folder);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
  if (folder.isResumed) return true;
  folder.remove();
  const { workflowId } = folder;
  throw new UserError(
    `The batch ${workflowId} has been run on this input already: choose another id to run it again.`,
    2,
  );
}

async function jobOf(client: Client, { workflowId }: JobFolder): Promise<unknown> {
  const { memo } = await withPatience(() => client.workflow.getHandle(workflowId).describe());
  return memo?.[JOB_MEMO];
}

function requireOwn(mark: unknown, folder: JobFolder): void {
  if (mark === folder.mark) return;
  folder.remove();
  throw new UserError(
    `There is a workflow ${folder.workflowId} already, and it is not of this input: choose another id.`,
    2,
  );
}
