import { z } from 'zod';
import { REQUEST_FIELDS } from '../model/batch-item.js';
import {
  MAX_INLINE_ITEMS_BYTES,
  MAX_ITEM_ATTEMPTS,
  MAX_ITEMS_PER_RUN,
  MAX_REUSE_WITHIN_SECS,
  MAX_RUNS_IN_FLIGHT,
} from '../model/batch-options.js';
import { problemOfItem } from '../model/batch-page.js';
import type { AddItems, PageReceipt } from '../model/batch-page.js';
import type { BatchProgress, BatchRun } from '../model/batch-state.js';
import { jsonBytes } from '../model/text.js';
import { runActionOptionsSchema } from './run-action.js';
import { checkWith } from './soar/check.js';
import { runActionRequestSchema } from './soar/run-action-request.js';

const itemSchema = z.record(z.string(), z.unknown(), {
  error: 'must be an object: one parameter set, as {"ip": "192.0.2.1"}',
});

/** One parameter set: what the action is run on once; with `requestFields` it says where it runs, too. */
export type BatchItem = z.infer<typeof itemSchema>;

const wholeNumber = () => z.int({ error: 'must be a whole number' }).min(1);

/** Options of `enrichBatch`; what each is for stands at `BatchOptions`, with the defaults. */
const enrichBatchOptionsSchema = z.strictObject({
  itemsPerRun: wholeNumber().max(MAX_ITEMS_PER_RUN).optional(),
  maxRunsInFlight: wholeNumber().max(MAX_RUNS_IN_FLIGHT).optional(),
  itemAttempts: wholeNumber().max(MAX_ITEM_ATTEMPTS).optional(),
  reuseWithinSecs: wholeNumber().max(MAX_REUSE_WITHIN_SECS).optional(),
  run: runActionOptionsSchema.pick({ settleSecs: true, timeoutSecs: true, whenUncertain: true }).optional(),
});

const requestSchema = runActionRequestSchema
  .refine(({ targets }) => targets.length === 1, {
    path: ['targets'],
    error: 'must have exactly one target in a batch',
  })
  .refine(({ targets }) => targets.every(({ parameters }) => !parameters?.length), {
    path: ['targets', 0, 'parameters'],
    error: 'must be absent in a batch: the parameter sets are the items',
  });

const REQUEST_FIELD = `must be one of ${REQUEST_FIELDS.join(', ')}`;

const MUST_HAVE_ITEMS = 'must have at least one item; leave items out where all of them come by addItems';
const TOO_MANY_BYTES = `must be at most ${MAX_INLINE_ITEMS_BYTES} bytes of JSON; start with streamed: true and send the rest by addItems`;

/** Input of `enrichBatch`: the page's body with one target and no parameters, and the parameter sets as items. */
export const enrichBatchInputSchema = z
  .strictObject({
    request: requestSchema,
    /** Absent: all of them come by update `addItems`. */
    items: z
      .array(itemSchema, { error: 'must be a list of parameter sets' })
      .min(1, MUST_HAVE_ITEMS)
      .refine((items) => jsonBytes(items) <= MAX_INLINE_ITEMS_BYTES, TOO_MANY_BYTES)
      .optional(),
    /** More items come by update `addItems`, until update `close`. Default: true where `items` is absent. */
    streamed: z.boolean({ error: 'must be true or false' }).optional(),
    /** Fields of the items that are no parameters but say where each runs. Default: none. */
    requestFields: z.array(z.enum(REQUEST_FIELDS, { error: REQUEST_FIELD }), { error: 'must be a list' }).optional(),
    options: enrichBatchOptionsSchema.nullish(),
  })
  .refine(({ items, streamed }) => items !== undefined || streamed !== false, {
    path: ['items'],
    error: 'must be a list of parameter sets, unless more are streamed',
  })
  .superRefine(({ items, requestFields = [] }, context) => {
    for (const [index, item] of (items ?? []).entries()) {
      const problem = problemOfItem(item, requestFields);
      const [, field = '', message = problem] = /^\.(\w+): (.*)\.$/.exec(problem ?? '') ?? [];
      if (problem !== undefined) context.addIssue({ code: 'custom', path: ['items', index, field], message });
    }
  });

/** {@link enrichBatchInputSchema} as a type. */
export type EnrichBatchInput = z.infer<typeof enrichBatchInputSchema>;

/** Checks the input of an `enrichBatch`. */
export const checkEnrichBatchInput = checkWith(enrichBatchInputSchema);

export type { AddItems, BatchProgress, BatchRun, PageReceipt };

/** Result of `enrichBatch`. */
export interface EnrichBatchResult {
  readonly outcome: 'success' | 'failed' | 'cancelled';
  readonly total: number;
  readonly distinct: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Of those that succeeded: taken from an earlier run. */
  readonly reused: number;
  /** Number n from 0 is the workflow `<batch>/<n>`. */
  readonly childrenStarted: number;
  /** In the order they ended: where an item was run again, the later run has its row. At most 1,000, and 300 KB. */
  readonly runs: readonly BatchRun[];
  /** Runs beyond those listed; their children have them. */
  readonly runsOmitted: number;
}
