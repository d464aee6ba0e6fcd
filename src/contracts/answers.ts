import { z } from 'zod';
import type { PageReceipt } from '../model/batch/batch-item.js';
import type { BatchProgress } from '../model/batch/batch-progress.js';
import { READ_ROW_STATUSES } from '../model/batch/row-status.js';
import { OUTCOMES, RUN_PHASES } from '../model/run-state.js';
import type { RunState } from '../model/run-state.js';
import type { EnrichBatchResult } from './enrich-batch.js';
import type { RowsPage } from './read-rows.js';
import type { RunActionResult } from './run-action.js';

/** What comes back, as schemas: the JSON Schemas are made from them. Nothing is checked with them at run time. */

/** Does not compile if a schema lacks what the code's own type has, or has another type for it. */
function sameAs<Own>() {
  return <S extends z.ZodType>(schema: S & (Own extends z.output<S> ? unknown : never)): S => schema;
}

const text = z.string();
const whole = z.int();
const time = text.describe('ISO 8601.');
const json = z.record(z.string(), z.unknown());
const places = z
  .array(z.tuple([whole, whole]).readonly())
  .readonly()
  .describe('Places of items as pairs of first place and count.');
export const outcome = z
  .enum(OUTCOMES)
  .describe('How the run ended: a run that did not succeed is a result, not a failure of the workflow.');
const actionRunId = whole.nullable().describe('SOAR’s id of the run; null if SOAR never had the action.');
const appRunIds = z
  .array(whole)
  .readonly()
  .describe('Their results: GET /rest/app_run/<id>/action_result?page_size=0.');

const approval = z
  .object({
    id: whole,
    status: text,
    type: text.describe('asset, parameter or manual.'),
    owner: text.describe('Display name or id of who is asked.'),
    ownerType: text.nullable(),
    dueTime: text.nullable(),
  })
  .describe('A person who is asked before SOAR goes on.');

/** The answer to update `requestCancel`, if there is one. */
export const cancelAnswer = z
  .object({ accepted: z.boolean(), message: text, reason: text.optional().describe('The caller’s own.') })
  .describe('What SOAR, or the workflow if nothing was submitted, said to a cancel.');

const actionResult = z
  .looseObject({
    status: text,
    message: text,
    data: z.unknown().optional(),
    summary: json.nullish(),
    parameter: json.nullish(),
  })
  .describe('What one parameter set gave, with SOAR’s own field names.');
const failure = z.object({ index: whole, status: text, message: text });
const resultsOmitted = z
  .object({ count: whole, succeeded: whole, failures: z.array(failure).readonly() })
  .describe('Results that stayed in SOAR; readRows reads them.');
const optionalText = text.nullish();
const appRun = z
  .looseObject({
    id: whole,
    status: text,
    message: text,
    results: z.array(actionResult).readonly().optional(),
    resultsOmitted: resultsOmitted.optional(),
  })
  .describe('One app on one asset, with SOAR’s own field names.');
const actionRun = z
  .looseObject({ id: whole, status: text, message: text, action: optionalText, name: optionalText })
  .describe('SOAR’s own record of the run; without targets, and with targetsOmitted, if those are large.');

/** Result of `runAction`. */
export const runActionResult = sameAs<RunActionResult>()(
  z
    .object({
      outcome,
      message: text.describe('SOAR’s own, or why there is none.'),
      actionRunId,
      actionRun: actionRun.nullable(),
      appRuns: z.array(appRun).readonly(),
      appRunsOmitted: whole.describe('app_runs beyond those listed.'),
      approvals: z.array(approval).readonly(),
      cancel: cancelAnswer.optional(),
      surplusRuns: z
        .array(z.object({ actionRunId: whole, cancel: cancelAnswer }))
        .readonly()
        .describe('Second runs of the same submission; they were cancelled.'),
      incomplete: z.array(text).readonly().optional().describe('What is missing of the results; absent if nothing is.'),
      submissions: whole.describe('How often the action was POSTed: 1 unless an answer was lost.'),
      polls: whole.describe('How often its status was looked up.'),
    })
    .describe('Result of workflow runAction.'),
);

const problem = z.object({ code: text, message: text, sinceTime: time, attempts: whole });
const unknownCalls = z.array(text).readonly().optional().describe('Signals that the workflow does not know.');

/** Answer of query `status`. */
export const runState = sameAs<RunState>()(
  z
    .object({
      phase: z.enum(RUN_PHASES),
      action: text,
      actionRunId,
      actionRunUrl: text.nullable().describe('Where SOAR shows the run.'),
      status: text.nullable().describe('SOAR’s own, as last seen.'),
      message: text.nullable(),
      polls: whole,
      dueTime: time.nullable(),
      approvals: z.array(approval).readonly(),
      submissions: whole,
      cancel: cancelAnswer.nullable(),
      problem: problem.nullable().describe('What is wrong now; null if nothing is.'),
      outcome: outcome.nullable().describe('null until the end.'),
      unknownCalls,
    })
    .describe('Answer of query status of a runAction.'),
);

export const batchRun = z.object({
  workflowId: text.describe('The child that saw it through.'),
  items: places,
  actionRunId,
  appRunIds,
  outcome,
  message: text,
  reused: z.literal(true).optional().describe('Nothing was run: the results are those of an earlier run.'),
});

/** Result of `enrichBatch`. */
export const enrichBatchResult = sameAs<EnrichBatchResult>()(
  z
    .object({
      outcome: z.enum(['success', 'failed', 'cancelled']),
      total: whole.describe('Items as given, duplicates included.'),
      distinct: whole,
      succeeded: whole,
      failed: whole,
      reused: whole.describe('Of those that succeeded: taken from an earlier run.'),
      childrenStarted: whole.describe('Number n from 0 is the workflow <batch>/<n>.'),
      runs: z.array(batchRun).readonly().describe('At most 1,000, and 300 KB.'),
      runsOmitted: whole,
    })
    .describe('Result of workflow enrichBatch; its rows come by readRows.'),
);

/** Answer of query `progress`. */
export const batchProgress = sameAs<BatchProgress>()(
  z
    .object({
      total: whole,
      distinct: whole,
      done: whole,
      succeeded: whole,
      failed: whole,
      reused: whole,
      itemsWaiting: whole,
      runsInFlight: whole,
      childrenStarted: whole,
      closed: z.boolean().describe('No more items can come.'),
      paused: z.boolean(),
      cancelRequested: z.boolean(),
      startTime: time,
      itemsPerSecond: z.number(),
      secondsLeft: z.number().nullable().describe('null while nothing is done.'),
      unknownCalls,
    })
    .describe('Answer of query progress of an enrichBatch: counts over distinct items.'),
);

/** Answer of update `addItems`. */
export const pageReceipt = sameAs<PageReceipt>()(
  z
    .object({ total: whole, distinct: whole, places })
    .describe('Answer of update addItems: where each item that was taken went.'),
);

const row = z.object({
  place: whole.describe('Its number from 0 among the distinct items, or among the results of a runAction.'),
  status: z.enum(READ_ROW_STATUSES),
  message: text,
  item: json.nullable().describe('As it was given; null if nothing knows it any more.'),
  results: z.array(actionResult).readonly().describe('One for each asset.'),
  actionRunId,
  appRunIds,
});

/** Result of `readRows`. */
export const rowsPage = sameAs<RowsPage>()(
  z
    .object({
      rows: z.array(row).readonly(),
      next: whole.nullable().describe('Where to go on; null at the end. A number after no rows: not there yet.'),
    })
    .describe('Result of workflow readRows.'),
);

/** Details of a failure that says what is wrong with the input. */
export const problemDetails = z
  .object({ problems: z.array(text).describe('A sentence each, which begins with the path of the field.') })
  .loose()
  .describe('details[0] of the failures SOAR_INVALID_REQUEST, RowsNotReadable, UnknownWorkflowType and UnknownName.');

/** Details of a failure that SOAR's answer is. */
export const soarFailureDetails = z
  .object({ status: whole.nullable().describe('HTTP’s.'), soarMessage: text.nullable(), retryAfterMs: z.number() })
  .loose()
  .describe('details[0] of the failures whose type begins with SOAR_, but for SOAR_INVALID_REQUEST.');
