import { WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { LookAtChild } from '../activities/index.js';
import { rootCause } from '../model/run-summary.js';

/** Makes the look at a child workflow by which a batch takes over what an earlier run of it has started. */
export function createLookAtChild(client: Client): LookAtChild {
  return async ({ workflowId, key }) => {
    const handle = client.workflow.getHandle(workflowId);
    try {
      const { status, memo } = await handle.describe();
      if (status.name === 'RUNNING') return { kind: 'running' };
      if (memo?.['batch'] !== key) return { kind: 'foreign' };
      return { kind: 'ended', result: await handle.result() };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return { kind: 'foreign' };
      if (!(error instanceof WorkflowFailedError)) throw error;
      const cause = rootCause(error);
      const { type, details } = cause instanceof ApplicationFailure ? cause : {};
      return { kind: 'failed', message: cause.message, type: type ?? 'ChildFailed', details: details ?? [] };
    }
  };
}
