import { setTimeout as delay } from 'node:timers/promises';
import type { CheckedReadRows, RowsPage } from '../contracts/read-rows.js';
import { WORKFLOW_TYPES } from '../model/names.js';
import { cut } from '../model/text.js';
import { createBatchRows } from '../rows/batch-rows.js';
import { readRunPage } from '../rows/run-rows.js';
import type { SeenWorkflow, WorkflowsView } from '../rows/workflows-view.js';
import type { SoarClient } from '../soar/client.js';
import { withHeartbeat } from './heartbeat.js';
import { temporalPatience } from './results/patience.js';

/** A page, or why there can be none. */
export type RowsAnswer =
  { readonly kind: 'page'; readonly page: RowsPage } | { readonly kind: 'refused'; readonly message: string };

const LOOK_AGAIN_MS = 250;

/** Makes the reader of rows; what it has learned of a batch it keeps for the next page. */
export function createReadRows(soar: SoarClient, temporal: WorkflowsView) {
  const batchRows = createBatchRows(soar, temporal, temporalPatience);
  const read = (seen: SeenWorkflow, input: CheckedReadRows, signal: AbortSignal): Promise<RowsPage> =>
    seen.type === WORKFLOW_TYPES.enrichBatch
      ? batchRows(seen, input, { signal })
      : readRunPage({ soar, temporal, patience: temporalPatience(), call: { signal } }, seen, input);
  return (input: CheckedReadRows): Promise<RowsAnswer> =>
    withHeartbeat(async ({ signal }) => {
      const untilMs = Date.now() + input.waitSecs * 1_000;
      for (;;) {
        const seen = await temporal.describe(input.workflowId);
        if (!seen) return refused(`there is no workflow "${input.workflowId}", or Temporal has deleted it.`);
        if (!hasRows(seen))
          return refused(
            `"${seen.workflowId}" is of the type ${cut(seen.type, 100)}; only enrichBatch and runAction have rows to read.`,
          );
        if (!seen.isOurs) return refused(`"${seen.workflowId}" runs on another task queue than this worker.`);
        const page = await read(seen, input, signal);
        const isThere = page.rows.length > 0 || page.next === null;
        if (isThere || Date.now() >= untilMs) return { kind: 'page', page };
        await delay(LOOK_AGAIN_MS, undefined, { signal });
      }
    });
}

function hasRows({ type }: SeenWorkflow): boolean {
  return type === WORKFLOW_TYPES.enrichBatch || type === WORKFLOW_TYPES.runAction;
}

function refused(problem: string): RowsAnswer {
  return { kind: 'refused', message: `workflowId: ${problem}` };
}
