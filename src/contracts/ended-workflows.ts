import { z } from 'zod';
import { outcome } from './answers.js';
import { isTag } from '../model/submission-tag.js';
import { rangesSchema } from './run-action-group.js';
import { actionResultSchema } from './soar.js';
import { checkWith, count } from './validate.js';

/**
 * What rows are made of: the results of workflows, as far as they are used. Whoever reads rows names the workflow, so a result
 * is checked before anything is counted, listed or asked for by it.
 */

const MAX_CHILDREN = 10_000_000;
const MAX_RESULTS = 1_000_000;

const places = count(0, Number.MAX_SAFE_INTEGER);
const id = z.int().positive();
const ending = { outcome, message: z.string(), actionRunId: id.nullable() };

const omitted = z.looseObject({
  count: count(0, MAX_RESULTS),
  succeeded: places.optional(),
  failures: z.array(z.looseObject({ index: places })),
});

/** Of a `runAction`. */
export const checkRunResult = checkWith(
  z.looseObject({
    ...ending,
    actionRun: z.looseObject({ name: z.string().nullish() }).nullable(),
    incomplete: z.array(z.string()).optional(),
    appRuns: z.array(
      z.looseObject({ id, results: z.array(actionResultSchema).optional(), resultsOmitted: omitted.optional() }),
    ),
  }),
);

/** Of a `runActionGroup`. */
export const checkGroupResult = checkWith(
  z.object({
    tag: z.string().refine(isTag, 'must be the tag in the names of its runs'),
    runs: z.array(
      z.object({
        ...ending,
        appRunIds: z.array(id),
        index: places,
        items: rangesSchema,
        reused: z.literal(true).optional(),
        unread: z.string().optional(),
        isReplaced: z.literal(true).optional(),
      }),
    ),
  }),
);

/** Of an `enrichBatch`. */
export const checkBatchResult = checkWith(z.looseObject({ distinct: places, childrenStarted: count(0, MAX_CHILDREN) }));

/** The answer of a batch's query `rowsReady`. */
export const checkRowsReady = checkWith(z.looseObject({ ready: places, childrenStarted: count(0, MAX_CHILDREN) }));

/** {@link checkRunResult}'s value. */
export type EndedRunResult = Extract<ReturnType<typeof checkRunResult>, { ok: true }>['value'];
