import { z } from 'zod';
import { isTag } from '../model/submission-tag.js';
import { MAX_ITEMS_PER_RUN, MAX_RUNS_IN_FLIGHT } from '../model/options.js';
import { batchRun } from './answers.js';
import { enrichBatchOptionsSchema } from './enrich-batch.js';
import { checkWith } from './validate.js';

/**
 * What a batch hands to the next run of its workflow, as a schema: `CarriedBatch` of the workflow is the type. It comes as an
 * argument, and anybody can give arguments.
 */

const whole = z.int().nonnegative();
const time = z.number().nonnegative().max(8.64e15, 'must be a time in milliseconds');
const entries = z.object({
  places: z.array(z.tuple([whole, whole.positive()])),
  items: z.array(z.record(z.string(), z.unknown())),
});

const ALL_ITEMS = { path: ['items'], error: 'must be one for each of the places' };

/** The number of places is looked at before anything is made of them. */
function hasAllItems({ places, items }: z.infer<typeof entries>): boolean {
  return places.reduce((sum, [, count]) => sum + count, 0) === items.length;
}

const begun = z.object({
  tag: z.string().refine(isTag, 'must be a tag, as soar-runner:<run id>'),
  actionRunId: z.int().positive().nullable(),
  sinceMs: time,
});

const pack = z
  .object({
    ...entries.shape,
    attempt: z.int().positive(),
    begun: begun.optional(),
    resubmitted: z.literal(true).optional(),
  })
  .refine(hasAllItems, ALL_ITEMS)
  .refine(({ items }) => items.length <= MAX_ITEMS_PER_RUN, { path: ['items'], error: 'must fit one action_run' });

const carriedBatchSchema = z.object({
  key: z.string(),
  origin: z.string().nullable(),
  options: enrichBatchOptionsSchema,
  startTimeMs: time,
  intake: z.object({ total: whole, distinct: whole, seen: z.array(z.tuple([z.string(), whole])) }),
  queue: z.object({ fresh: entries.refine(hasAllItems, ALL_ITEMS), packs: z.array(pack) }),
  ledger: z.object({
    succeeded: whole,
    failed: whole,
    reused: whole,
    runs: z.array(batchRun),
    runsBytes: whole,
    runsOmitted: whole,
  }),
  childrenStarted: whole,
  closed: z.boolean(),
  paused: z.boolean(),
  maxRunsInFlight: z.int().positive().max(MAX_RUNS_IN_FLIGHT).nullable(),
});

/** Checks what a batch is handed by the run before it. */
export const checkCarriedBatch = checkWith(carriedBatchSchema);
