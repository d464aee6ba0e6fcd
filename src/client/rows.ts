import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { ReadRowsInput, Row, RowsPage } from '../contracts/read-rows.js';
import { WORKFLOW_TYPES } from '../model/names.js';
import { translated } from './errors.js';
import { withRetries } from './temporal-calls.js';

/** Where a workflow is. */
export interface Place {
  readonly client: Client;
  readonly taskQueue: string;
}

const WAIT_SECS = 20;

/** Reads one page, by a workflow of its own. A page that has been read can be read again. */
export function readPage({ client, taskQueue }: Place, input: ReadRowsInput): Promise<RowsPage> {
  const workflowId = `${input.workflowId}/rows-${randomUUID()}`;
  const args = [input];
  return translated(async () => {
    const start = () =>
      client.workflow.start(WORKFLOW_TYPES.readRows, {
        workflowId,
        taskQueue,
        args,
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
    const handle = await withRetries(start);
    return (await withRetries(() => handle.result())) as RowsPage;
  });
}

/** Reads all rows, page by page, and waits for those that are not there yet. */
export async function* readAllRows(place: Place, workflowId: string): AsyncGenerator<Row, void, undefined> {
  for (let from: number | null = 0; from !== null;) {
    const page: RowsPage = await readPage(place, { workflowId, from, waitSecs: WAIT_SECS });
    yield* page.rows;
    from = page.next;
  }
}
