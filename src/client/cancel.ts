import type { Client } from '@temporalio/client';
import { SIGNALS, UPDATES } from '../model/names.js';
import { isSignalLimit } from './errors.js';
import { withRetries } from './retry.js';

/** How long a worker has to take the update. */
const UPDATE_MS = 5_000;

/**
 * Sends signal `cancel`. Temporal takes 10,000 signals of a workflow, and whoever can reach it can use them up: then the update
 * `requestCancel` does the same, and where nobody takes that, Temporal's own cancellation, which has no reason.
 */
export async function cancelWorkflow(client: Client, workflowId: string, reason: string | undefined): Promise<void> {
  const handle = client.workflow.getHandle(workflowId);
  const argument = reason === undefined ? {} : { reason };
  try {
    await withRetries(() => handle.signal<[unknown]>(SIGNALS.cancel, argument));
  } catch (error) {
    if (!isSignalLimit(error)) throw error;
    const options = { args: [argument] as [unknown], waitForStage: 'ACCEPTED' } as const;
    const update = () => handle.startUpdate<unknown, [unknown]>(UPDATES.requestCancel, options);
    await client.withDeadline(Date.now() + UPDATE_MS, update).catch(() => withRetries(() => handle.cancel()));
  }
}
