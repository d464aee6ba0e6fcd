import { z } from 'zod';
import { MAX_ITEM_ATTEMPTS, MAX_ITEMS_PER_RUN, MAX_RUNS_IN_FLIGHT } from '../model/batch-options.js';
import type { BatchProgress, BatchRun } from '../model/batch-state.js';
import { runActionOptionsSchema } from './run-action.js';
import { checkWith } from './soar/check.js';
import { runActionRequestSchema } from './soar/run-action-request.js';

const itemSchema = z.record(z.string(), z.unknown(), {
  error: 'must be an object: one parameter set, as {"ip": "192.0.2.1"}',
});

/** One parameter set: what the action is run on once. */
export type BatchItem = z.infer<typeof itemSchema>;

/** Options of `enrichBatch`; what each is for stands at `BatchOptions`, with the defaults. */
const enrichBatchOptionsSchema = z.strictObject({
  itemsPerRun: z.int({ error: 'must be a whole number' }).min(1).max(MAX_ITEMS_PER_RUN).optional(),
  maxRunsInFlight: z.int({ error: 'must be a whole number' }).min(1).max(MAX_RUNS_IN_FLIGHT).optional(),
  itemAttempts: z.int({ error: 'must be a whole number' }).min(1).max(MAX_ITEM_ATTEMPTS).optional(),
  run: runActionOptionsSchema.pick({ settleSecs: true, timeoutSecs: true, whenUncertain: true }).optional(),
});

/** Input of `enrichBatch`: the page's body with one target and no parameters, and the parameter sets as items. */
export const enrichBatchInputSchema = z.strictObject({
  request: runActionRequestSchema
    .refine(({ targets }) => targets.length === 1, {
      path: ['targets'],
      error: 'must have exactly one target in a batch',
    })
    .refine(({ targets }) => targets.every(({ parameters }) => !parameters?.length), {
      path: ['targets', 0, 'parameters'],
      error: 'must be absent in a batch: the parameter sets are the items',
    }),
  items: z.array(itemSchema, { error: 'must be a list of parameter sets' }).min(1, 'must have at least one item'),
  options: enrichBatchOptionsSchema.nullish(),
});

/** {@link enrichBatchInputSchema} as a type. */
export type EnrichBatchInput = z.infer<typeof enrichBatchInputSchema>;

/** Checks the input of an `enrichBatch`. */
export const checkEnrichBatchInput = checkWith(enrichBatchInputSchema);

export type { BatchProgress, BatchRun };

/** Result of `enrichBatch`. */
export interface EnrichBatchResult {
  readonly outcome: 'success' | 'failed' | 'cancelled';
  readonly total: number;
  readonly distinct: number;
  readonly succeeded: number;
  readonly failed: number;
  /** In the order they were started: where an item was run again, the later run has its row. */
  readonly runs: readonly BatchRun[];
}
