import { z } from 'zod';
import { MAX_INLINE_RESULT_BYTES, MAX_WORKFLOW_ID_BYTES } from '../model/options.js';
import { isTag } from '../model/submission-tag.js';
import { checkReadRowsInput } from './read-rows.js';
import { checkWith, numberText } from './validate.js';

/**
 * What the activities are given, as far as they act on it: which runs, under which tag, at which SOAR, and how many. Whoever reaches
 * Temporal can start an activity with anything, and no amount of it may hold up the worker.
 */

const MAX_NAME_CHARACTERS = 100_000;
const MAX_ORIGIN_CHARACTERS = 2_000;
/** More runs than a group has, and more app_runs than are read of one run. */
const MAX_RUNS = 200;
const MAX_APP_RUNS = 500;

const anything = z.unknown();
const id = z.int().positive();
const tag = z.string().refine(isTag, 'must be a tag, as soar-runner:<run id>');
const mark = z.string().min(1, 'must not be empty').max(MAX_NAME_CHARACTERS);
const origin = z.string().max(MAX_ORIGIN_CHARACTERS).nullable();
const workflowId = z.string().min(1).max(MAX_WORKFLOW_ID_BYTES);
const place = z.int().nonnegative();
const budgetBytes = place.max(MAX_INLINE_RESULT_BYTES);
const atMost = <T extends z.ZodType>(most: number, entry: T) =>
  z.array(entry).max(most, `must be at most ${numberText(most)}`);

const knownRun = { actionRunId: id, mark, origin };
const lookUp = { tag, origin };
const runs = atMost(MAX_RUNS, z.looseObject({ parameters: z.array(anything) }));
const endedRun = z.looseObject({ actionRunId: id, mark, parameters: z.array(anything) });

/** One for each activity. What an activity checks by itself is `anything` here. */
export const ACTIVITY_INPUTS = {
  validateRun: checkWith(anything),
  validateBatch: checkWith(anything),
  validateCarried: checkWith(anything),
  validateReadRows: checkWith(anything),
  readRows: checkReadRowsInput,
  submitActionRun: checkWith(z.looseObject({ request: z.looseObject({}), ...lookUp })),
  submitActionRuns: checkWith(
    z.looseObject({ request: z.looseObject({}), runs, indices: atMost(MAX_RUNS, place), ...lookUp }),
  ),
  cancelActionRun: checkWith(z.looseObject(knownRun)),
  awaitActionRuns: checkWith(
    z.looseObject({
      actionRunIds: atMost(MAX_RUNS, id),
      indices: atMost(MAX_RUNS, place).nullable(),
      mark,
      origin,
      known: z.looseObject({ approvals: z.array(z.number()), problemAttempts: z.number() }),
      as: z.enum(['alone', 'few', 'many']),
      watch: z.enum(['recent', 'old']).nullable(),
    }),
  ),
  firstLook: checkWith(z.looseObject({ ...knownRun, budgetBytes })),
  lookAtActionRun: checkWith(z.looseObject({ actionRunId: id, tag: tag.nullable(), origin })),
  findActionRuns: checkWith(z.looseObject({ ...lookUp, name: z.string() })),
  awaitOtherRun: checkWith(z.looseObject({ ...lookUp, name: z.string() })),
  findGroupRuns: checkWith(z.looseObject(lookUp)),
  doubtLookUps: checkWith(z.looseObject({ origin })),
  findActionType: checkWith(z.looseObject({ request: z.looseObject({ action: z.string() }) })),
  fetchApprovals: checkWith(z.looseObject(knownRun)),
  fetchAppRuns: checkWith(z.looseObject({ ...knownRun, budgetBytes })),
  fetchManyResults: checkWith(
    z.looseObject({ ...knownRun, appRunIds: atMost(MAX_APP_RUNS, id), budgetBytes, singly: z.boolean() }),
  ),
  fetchRunSummaries: checkWith(z.looseObject({ runs: atMost(MAX_RUNS, endedRun), origin })),
  fetchItemsAccount: checkWith(z.looseObject({ ...endedRun.shape, origin, appRunIds: atMost(MAX_APP_RUNS, id) })),
  findReusable: checkWith(z.looseObject({ request: z.looseObject({}), runs, withinSecs: z.number().nonnegative() })),
  awaitChild: checkWith(z.looseObject({ workflowId, key: z.string() })),
  isFollowed: checkWith(z.looseObject({ actionRunId: id })),
};
