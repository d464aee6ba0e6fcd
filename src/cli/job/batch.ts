import type { BatchItem, BatchProgress, BatchRun, EnrichBatchResult } from '../../contracts/enrich-batch.js';

/** A batch that has been started: the part of the client's handle that a job works with. */
export interface Batch {
  readonly workflowId: string;
  /** Hands over items; `offset` is how many were handed over before. Waits while the batch has enough to do. */
  addItems(items: readonly BatchItem[], offset: number): Promise<unknown>;
  /** Says that no more items come. */
  close(): Promise<unknown>;
  /** Waits for child `number` to end; the record of each of its action_runs. */
  runs(number: number): Promise<readonly BatchRun[]>;
  status(): Promise<BatchProgress>;
  result(): Promise<EnrichBatchResult>;
}
