import { z } from 'zod';
import { problemOfItem, REQUEST_FIELDS } from '../model/batch/batch-item.js';
import type { AddItems, PageReceipt, RequestField } from '../model/batch/batch-item.js';
import type { BatchProgress, BatchRun } from '../model/batch/batch-progress.js';
import { jsonBytes } from '../model/json.js';
import {
  BATCH_OPTION_DEFAULTS,
  MAX_INLINE_ITEMS_BYTES,
  MAX_ITEM_ATTEMPTS,
  MAX_ITEMS_PER_RUN,
  MAX_REUSE_WITHIN_SECS,
  MAX_RUNS_IN_FLIGHT,
} from '../model/options.js';
import type { BatchOptions } from '../model/options.js';
import { runActionRequestSchema, runOptionsShape } from './run-action.js';
import type { RunActionRequest } from './run-action.js';
import { absentIfNull, checkInputWith, count, range, refuseOtherNames, withDefault } from './validate.js';

const itemSchema = z.record(z.string(), z.unknown(), {
  error: 'must be an object: one parameter set, as {"ip": "192.0.2.1"}',
});

/** One parameter set: what the action is run on once; with `requestFields` it says where it runs, too. */
export type BatchItem = z.infer<typeof itemSchema>;

const DEFAULTS = BATCH_OPTION_DEFAULTS;
const { settleSecs, timeoutSecs, whenUncertain } = runOptionsShape;
const RUN_OPTION_NAMES = ['settleSecs', 'timeoutSecs', 'whenUncertain'];
const optionsObjectSchema = z.looseObject({
  itemsPerRun: withDefault(count(1, MAX_ITEMS_PER_RUN), DEFAULTS.itemsPerRun).describe(
    `Parameter sets in an action_run, ${range(1, MAX_ITEMS_PER_RUN)}. Default: ${DEFAULTS.itemsPerRun}.`,
  ),
  maxRunsInFlight: absentIfNull(count(1, MAX_RUNS_IN_FLIGHT)).describe(
    `action_runs in flight at a time, ${range(1, MAX_RUNS_IN_FLIGHT)}. Default: ten full packs, and no fewer than 1,000 items.`,
  ),
  itemAttempts: withDefault(count(1, MAX_ITEM_ATTEMPTS), DEFAULTS.itemAttempts).describe(
    `How often an item that fails inside a good run is run, ${range(1, MAX_ITEM_ATTEMPTS)}. Default: ${DEFAULTS.itemAttempts}.`,
  ),
  reuseWithinSecs: absentIfNull(count(1, MAX_REUSE_WITHIN_SECS)).describe(
    'Take results of earlier runs that are no older than so many seconds. Default: never.',
  ),
  run: z
    .looseObject({ settleSecs, timeoutSecs, whenUncertain })
    .check(refuseOtherNames(RUN_OPTION_NAMES))
    .nullish()
    .transform((run) => run ?? DEFAULTS.run),
});

/** Options of `enrichBatch`, with the defaults filled in; what each is for stands at `BatchOptions`. */
export const enrichBatchOptionsSchema = optionsObjectSchema.check(refuseOtherNames(Object.keys(DEFAULTS)));

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

const MUST_HAVE_ITEMS = 'must have at least one item; leave items out if all of them come by addItems';
const TOO_MANY_BYTES = `must be at most ${MAX_INLINE_ITEMS_BYTES} bytes of JSON; start with streamed: true and send the rest by addItems`;

/** Input of `enrichBatch`: the page's body with one target and no parameters, and the parameter sets as items. */
export const enrichBatchInputSchema = z
  .looseObject({
    request: requestSchema,
    /** Absent: all of them come by update `addItems`. */
    items: absentIfNull(
      z
        .array(itemSchema, { error: 'must be a list of parameter sets' })
        .min(1, MUST_HAVE_ITEMS)
        .refine((items) => jsonBytes(items) <= MAX_INLINE_ITEMS_BYTES, TOO_MANY_BYTES),
    ),
    /** More items come by update `addItems`, until update `close`. Default: true if `items` is absent. */
    streamed: absentIfNull(z.boolean({ error: 'must be true or false' })).describe(
      'More items come by update addItems, until close. Default: true if items is absent.',
    ),
    /** Fields of the items that are no parameters but say where each runs. Default: none. */
    requestFields: absentIfNull(z.array(z.enum(REQUEST_FIELDS, { error: REQUEST_FIELD }), { error: 'must be a list' })),
    options: withDefault(enrichBatchOptionsSchema, { ...DEFAULTS }),
  })
  .check(refuseOtherNames(['request', 'items', 'streamed', 'requestFields', 'options']))
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

/** Input of `enrichBatch` as a caller gives it: what may be absent may be `null`. */
export interface EnrichBatchInput {
  readonly request: RunActionRequest;
  readonly items?: readonly BatchItem[] | null | undefined;
  readonly streamed?: boolean | null | undefined;
  readonly requestFields?: readonly RequestField[] | null | undefined;
  readonly options?: BatchOptionsInput | null | undefined;
}

/** What a caller may give as options of a batch. */
export type BatchOptionsInput = {
  readonly [K in Exclude<keyof BatchOptions, 'run'>]?: BatchOptions[K] | null | undefined;
} & { readonly run?: { readonly [K in keyof BatchOptions['run']]?: BatchOptions['run'][K] | null } | null | undefined };

/** Argument of update `addItems`, as its JSON Schema says it. */
export const addItemsSchema = z.union([
  z.array(itemSchema),
  z.object({ items: z.array(itemSchema), offset: z.int().optional().describe('How many items were given before.') }),
]);

/** Checks the input of an `enrichBatch`. */
export const checkEnrichBatchInput = checkInputWith(enrichBatchInputSchema);

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
  /** In the order they ended: if an item was run again, the later run has its row. At most 1,000, and 300 KB. */
  readonly runs: readonly BatchRun[];
  /** Runs beyond those listed; their children have them. */
  readonly runsOmitted: number;
}
