import { setTimeout as delay } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { BatchRun } from '../../../contracts/enrich-batch.js';
import type { Batch } from './batch.js';

const PAUSE_MS = 100;
const LONGEST_WAIT_MS = 30_000;

/**
 * The action_runs of a child, once it has ended. A batch counts a child a moment before Temporal has it, so one that is not
 * there is waited for; of one that is gone, as after the retention time, there are none.
 */
export async function runsOfChild(batch: Pick<Batch, 'runs'>, child: number): Promise<readonly BatchRun[]> {
  for (const deadline = Date.now() + LONGEST_WAIT_MS; ;) {
    try {
      return await batch.runs(child);
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
    if (Date.now() > deadline) return [];
    await delay(PAUSE_MS);
  }
}
